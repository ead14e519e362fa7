// One table of bindings feeds keys, help and the manual.

import Canvas
import Testing

@testable import Console

@Suite struct KeymapTests {
    @Test func `every binding has keys, a label and a sentence`() {
        for binding in Keymap.standard.bindings {
            #expect(!binding.keys.isEmpty, "\(binding.name)")
            #expect(!binding.label.isEmpty, "\(binding.name)")
            #expect(binding.help.hasSuffix("."), "\(binding.name)")
        }
    }

    @Test func `names are unique and no key is bound twice where both apply`() {
        let names = Keymap.standard.bindings.map(\.name)
        #expect(Set(names).count == names.count)
        // Keys of the keys screen shadow those of queues, which never apply to the same pane.
        #expect(Keymap.standard.conflicts == [])
    }

    @Test func `no lower-case letter, digit or mark changes the broker`() {
        for binding in Keymap.standard.bindings where binding.effect == .mutates {
            for key in binding.keys {
                let isCapital =
                    if case .scalar(let scalar) = key.code {
                        ("A"..."Z").contains(scalar)
                    } else {
                        false
                    }
                let isFunction = if case .function = key.code { true } else { false }
                #expect(isCapital || isFunction, "\(binding.name) \(key.label)")
            }
        }
    }

    @Test func `every function key has a letter twin`() {
        for binding in Keymap.standard.bindings {
            let functions = binding.keys.filter {
                if case .function = $0.code { true } else { false }
            }
            if !functions.isEmpty, binding.name != "find" {
                #expect(binding.keys.count > functions.count, "\(binding.name)")
            }
        }
    }

    @Test func `exactly those bindings mutate that ask for an action or take one back`() {
        for binding in Keymap.standard.bindings {
            let changes = binding.action != nil || binding.intent == .undo
            #expect(changes == (binding.effect == .mutates), "\(binding.name)")
        }
    }

    @Test func `a key's label names the key`() {
        for binding in Keymap.standard.bindings {
            for key in binding.keys { #expect(Key(label: key.label) == key, "\(key.label)") }
        }
        #expect(Key(label: "F99") == nil)
        #expect(Key(label: "") == nil)
        #expect(Key(label: "Hyper-x") == nil)
    }

    @Test func `rebinding takes free keys and refuses taken ones`() throws {
        var keymap = Keymap.standard
        try keymap.rebind([KeyWish("freeze", [.char("z")])])
        #expect(keymap.binding(for: .char("z"), in: [.everywhere])?.name == "freeze")
        #expect(keymap.binding(for: .char("f"), in: [.everywhere]) == nil)
        let before = keymap
        let taken = KeyWish("freeze", [.char("q")])
        #expect(throws: refusal(1, .conflict(key: .char("q"), with: "quit"))) {
            try keymap.rebind([KeyWish("zoom", [.char("w")]), taken])
        }
        #expect(throws: refusal(0, .unknownBinding)) { try keymap.rebind([KeyWish("nosuch", [])]) }
        #expect(throws: refusal(0, .forLooking(.char("w")))) {
            try keymap.rebind([KeyWish("purge", [.char("w")])])
        }
        #expect(keymap == before)
    }

    @Test func `two bindings may change their keys with each other`() throws {
        var keymap = Keymap.standard
        try keymap.rebind([
            KeyWish("freeze", [.char("e")]), KeyWish("zoom", [.char("f"), .function(5)]),
        ])
        #expect(keymap.binding(for: .char("e"), in: [.everywhere])?.name == "freeze")
        #expect(keymap.binding(for: .function(5), in: [.everywhere])?.name == "zoom")
    }

    private func refusal(_ wish: Int, _ reason: KeymapRefusal) -> KeyWishRefusal {
        KeyWishRefusal(wish: wish, reason: reason)
    }

    @Test func `help shows every binding with its keys`() {
        let model = SampleConsole.model(120, 40)
        let lines = HelpText.lines(model, matching: "", cells: 200)
            .map { $0.map(\.text).joined() }
        for binding in model.keymap.bindings {
            let isShown = lines.contains {
                $0.contains(binding.keyLabels) && $0.contains(binding.help)
            }
            #expect(isShown, "\(binding.name)")
        }
    }

    @Test func `the palette finds every binding by its name`() {
        let model = SampleConsole.model(120, 40)
        for binding in model.keymap.bindings {
            let found = Palette.suggestions(model, binding.name)
            #expect(found.contains { $0.completion.hasPrefix(binding.name) }, "\(binding.name)")
        }
    }
}
