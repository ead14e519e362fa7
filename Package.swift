// swift-tools-version: 6.3
// The whole product: one executable, its modules and their tests. No package dependencies.

import PackageDescription

/// What every Swift target is compiled with.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

/// What every C target is compiled with.
let houseC: [CSetting] = [
    .enableWarning("all"),
    .enableWarning("extra"),
    .treatAllWarnings(as: .error),
]

/// A Swift module of the product.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: house)
}

/// The tests of a module.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

/// A C shim and the library behind it.
func shim(_ name: String, libraries: [String] = []) -> Target {
    .target(
        name: name,
        cSettings: houseC,
        linkerSettings: libraries.map { .linkedLibrary($0) }
    )
}

/// C that only tests need.
func testShim(_ name: String) -> Target {
    .target(name: name, path: "Tests/\(name)", cSettings: houseC)
}

let package = Package(
    name: "sluice",
    targets: [
        // C: declarations that Swift cannot import by itself
        shim("CLinux"),
        shim("CCrypt", libraries: ["crypt"]),
        shim("CSodium", libraries: ["sodium"]),
        shim("CTerminal", libraries: ["ncursesw", "tinfo"]),
        shim("COpenSSL", libraries: ["ssl", "crypto"]),
        shim("CZstd", libraries: ["zstd"]),

        // L0
        module("Base"),
        module("JSON"),
        .target(
            name: "Canvas",
            resources: [.embedInCode("Themes")],
            swiftSettings: house
        ),

        // L1
        module("Engine", ["Base"]),
        module("Telemetry", ["Base"]),
        module("Routing", ["Base"]),
        module("Sealing", ["Base", "CSodium"]),
        module("Wire", ["Base", "JSON"]),

        // L2
        module("Console", ["Canvas", "Engine", "Base"]),
        module("Queueing", ["Base", "Routing"]),
        module("Configuration", ["Base", "Routing", "Wire"]),
        module("Identity", ["Base", "Configuration", "Routing", "Wire", "CCrypt", "CSodium"]),
        module("Journal", ["Base", "Sealing", "Telemetry", "CLinux", "CZstd"]),
        module("Reactor", ["Base", "CLinux", "COpenSSL"]),
        module("Terminal", ["Canvas", "CTerminal"]),

        // L3
        module("JetStreamApi", ["Base", "JSON", "Routing", "Queueing"]),
        module(
            "Broker",
            [
                "Wire", "Routing", "Queueing", "JetStreamApi", "Journal", "Sealing", "Reactor",
                "Identity", "Telemetry", "Engine", "Configuration", "Base", "JSON",
            ]
        ),

        module(
            "Client",
            ["Wire", "Reactor", "Configuration", "Identity", "Telemetry", "Base", "JSON"]
        ),

        module("Demo", ["Client", "Reactor", "Configuration", "Base"]),

        // L4
        .executableTarget(
            name: "sluice",
            dependencies: [
                "Broker", "Client", "Console", "Demo", "Terminal", "Canvas", "Engine",
                "Configuration",
                "Journal", "Sealing", "Reactor", "Base",
            ],
            swiftSettings: house
        ),

        .executableTarget(
            name: "sluicebench",
            dependencies: ["Broker", "Reactor", "Base"],
            swiftSettings: house
        ),

        // Tests
        testShim("CTally"),
        .target(
            name: "Support",
            dependencies: ["Engine", "Canvas", "Base"],
            path: "Tests/Support",
            swiftSettings: house
        ),
        tests(
            "BrokerTests",
            [
                "Broker", "Reactor", "Configuration", "Engine", "Identity", "Journal", "Sealing",
                "Telemetry", "Wire", "Base", "DiskSimulation",
                "CTally",
                "Support",
            ]
        ),
        testShim("CCertificates"),
        tests("BaseTests", ["Base"]),
        tests("EngineTests", ["Engine", "Base"]),
        .target(
            name: "DiskSimulation",
            dependencies: ["Journal", "Base"],
            path: "Tests/DiskSimulation",
            swiftSettings: house
        ),
        tests(
            "JournalTests",
            ["Journal", "DiskSimulation", "Reactor", "Sealing", "Telemetry", "Base"]
        ),
        tests("DemoTests", ["Demo", "Base"]),
        tests(
            "ClientTests",
            ["Client", "Broker", "Configuration", "JSON", "Telemetry", "Wire", "Base"]
        ),
        tests("ConfigurationTests", ["Configuration", "Base"]),
        tests("JSONTests", ["JSON"]),
        tests("TelemetryTests", ["Telemetry", "Base"]),
        .testTarget(
            name: "ConsoleTests",
            dependencies: ["Console", "Canvas", "Engine", "Support", "Base"],
            exclude: ["Golden"],
            swiftSettings: house
        ),
        tests("CanvasTests", ["Canvas", "Base"]),
        tests("TerminalTests", ["Terminal", "Canvas", "Base"]),
        tests("ScreenTests", ["sluice"]),
        tests("ReactorTests", ["Reactor", "Base", "COpenSSL", "CCertificates"]),
        tests(
            "IdentityTests",
            ["Identity", "Base", "Configuration", "Routing", "Wire", "CSodium"]
        ),
        tests("SealingTests", ["Sealing", "Base"]),
        tests("RoutingTests", ["Routing", "Base"]),
        tests("QueueingTests", ["Queueing", "Routing", "Base", "CTally"]),
        tests("JetStreamApiTests", ["JetStreamApi", "Queueing", "JSON", "Base"]),
        tests("TidyTests", ["Configuration"]),
        tests("WireTests", ["Wire", "JSON", "Base"]),
    ],
    cLanguageStandard: .gnu17
)

// With names in SLUICE_TARGETS only these are built, and what they stand on: a check that needs three
// modules does not wait for twenty.
if let names = Context.environment["SLUICE_TARGETS"] {
    let targets = Dictionary(uniqueKeysWithValues: package.targets.map { ($0.name, $0) })
    var wanted: Set<String> = []
    var pending = names.split(separator: " ").map(String.init)
    while let name = pending.popLast() {
        guard wanted.insert(name).inserted else { continue }
        for case .byNameItem(let dependency, _) in targets[name]?.dependencies ?? [] {
            pending.append(dependency)
        }
    }
    package.targets.removeAll { !wanted.contains($0.name) }
}
