// Orders about keys.

import Base
import Canvas
import Engine

extension ActionPlan {
    static func keyOrders(_ confirmation: Confirmation, _ model: ConsoleModel) -> [PlannedOrder] {
        let scope = scope(confirmation)
        let version: UInt32? =
            if case .key(_, let version) = confirmation.targets.first { version } else { nil }
        switch confirmation.action {
        case .rotate: return [rotation(confirmation, scope, model)]
        case .verify: return [plan(.verify(scope), "samples read back")]
        case .holdRewrite:
            guard let running = model.rewriting else { return [] }
            let isHeld = running[.reencrypt] == .held
            return [
                PlannedOrder(
                    order: .key(.holdReencryption(running.scope, held: !isHeld)),
                    label: isHeld ? "rewriting continues" : "rewriting held",
                    inverse: .key(.holdReencryption(running.scope, held: isHeld))
                )
            ]
        case .throttle:
            guard let running = model.rewriting else { return [] }
            return [
                PlannedOrder(
                    order: .key(
                        .reencrypt(running.scope, bytesPerSecond: speed(confirmation, "limit"))
                    ),
                    label: "rewriting limited to \(choice(confirmation, "limit"))",
                    inverse: .key(
                        .reencrypt(running.scope, bytesPerSecond: running.throttleBytesPerSecond)
                    )
                )
            ]
        case .retireKey:
            return version.map { [plan(.retire(scope, version: $0), "k\($0) retired")] } ?? []
        case .destroyKey:
            return version.map { [plan(.destroy(scope, version: $0), "k\($0) destroyed")] } ?? []
        case .compromise:
            return version.map {
                [plan(.compromised(scope, version: $0), "k\($0) declared compromised")]
            } ?? []
        case .addSlot: return [plan(.addSlot(.recovery), "recovery slot added")]
        case .removeSlot:
            guard case .slot(let index) = confirmation.targets.first else { return [] }
            return [plan(.removeSlot(index), "slot \(index) removed")]
        case .lock: return [plan(.lock, "keys wiped from memory")]
        case .unlock:
            let slot = slot(confirmation.targets, model.data.latest.keys)
            return slot.map { [plan(.unlock(opener($0)), "store opened")] } ?? []
        case .pause, .pauseIngress, .resume, .drain, .purge, .delete, .redrive, .kick,
            .resumeWriting, .lameDuck:
            return []
        }
    }

    /// The step that `confirmation` asks for; nil unless it is about a rotation.
    static func step(_ confirmation: Confirmation, _ model: ConsoleModel) -> RotationStep? {
        confirmation.action == .rotate ? nextStep(of: scope(confirmation), model) : nil
    }

    /// The step that a rotation of `scope` takes next.
    static func nextStep(of scope: KeyScope, _ model: ConsoleModel) -> RotationStep {
        guard let rotation = model.data.latest.keys.rotations.last(where: { $0.scope == scope }),
            case .done = rotation[.prepare]
        else { return .prepare }
        for step in [RotationStep.activate, .reencrypt, .verify] {
            switch rotation[step] {
            case .waiting, .failed: return step
            case .running, .held: return step == .activate ? .activate : .prepare
            case .done: continue
            }
        }
        return .prepare
    }

    /// The slot that `targets` name; without them the first one for which nothing is typed, or the
    /// first one.
    static func slot(_ targets: [RowId], _ keys: KeyRingStatus) -> SlotStatus? {
        if case .slot(let index) = targets.first {
            return keys.slots.first { $0.index == index }
        }
        return keys.slots.first { [.keyFile, .credential].contains($0.kind) } ?? keys.slots.first
    }

    /// What opens `slot`.
    private static func opener(_ slot: SlotStatus) -> SecretSource {
        switch slot.kind {
        case .keyFile: .keyFile(path: slot.label)
        case .credential: .credential(name: slot.label)
        case .passphrase, .recovery: .typed(slot.kind, path: [])
        }
    }

    /// Whose keys a confirmation is about.
    static func scope(_ confirmation: Confirmation) -> KeyScope {
        let isAll = choice(confirmation, "scope") == "all queues"
        guard !isAll, case .key(let scope, _) = confirmation.targets.first else {
            return .allStreams
        }
        // Under the root there is no data to read back.
        return confirmation.action == .verify && scope == .root ? .allStreams : scope
    }

    private static func rotation(
        _ confirmation: Confirmation,
        _ scope: KeyScope,
        _ model: ConsoleModel
    ) -> PlannedOrder {
        switch confirmation.step ?? nextStep(of: scope, model) {
        case .prepare, .retire, .destroy: plan(.prepare(scope), "new key prepared; R activates it")
        case .activate: plan(.activate(scope), "new key active; R rewrites old data")
        case .reencrypt:
            plan(
                .reencrypt(scope, bytesPerSecond: speed(confirmation, "re-encrypt at")),
                "old data is being rewritten"
            )
        case .verify: plan(.verify(scope), "samples read back")
        }
    }

    private static func plan(_ order: KeyOrder, _ label: String) -> PlannedOrder {
        PlannedOrder(order: .key(order), label: label, inverse: nil)
    }
}
