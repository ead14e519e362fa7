// Asking for confirmation, confirming, submitting, taking back.

import Base
import Canvas
import Engine

extension ConsoleModel {
    // MARK: Whether it is possible

    /// Why `binding` does nothing now; nil if it works.
    public func reasonAgainst(_ binding: Binding) -> String? {
        reasonAgainst(binding, actionTargets)
    }

    /// The same for one of many bindings, so that rows are looked for only once, and only where
    /// it is for rows to tell.
    func reasonAgainst(
        _ binding: Binding,
        _ chosen: @autoclosure () -> ActionTargets
    ) -> String? {
        switch binding.intent {
        case .ask(let action): reasonAgainst(action, targets: chosen()[action])
        case .undo:
            session.isReadOnly
                ? "read-only" : work.undo.isEmpty ? "nothing to take back" : nil
        case .peek: session.capabilities.reasonAgainst(.peek)
        case .suspend: session.isEmbedded ? "the broker runs inside this console" : nil
        case .acknowledge: data.alerts.worst == nil ? "no alert is open" : nil
        default: nil
        }
    }

    /// Why `action` cannot be asked for now; nil if it can.
    public func reasonAgainst(_ action: Action) -> String? {
        reasonAgainst(action, targets: actionTargets[action])
    }

    /// Why `action` cannot be done to `targets` now; nil if it can.
    func reasonAgainst(_ action: Action, targets: [RowId]) -> String? {
        if session.isReadOnly { return "read-only" }
        if isStale { return "the data is stale" }
        if !data.time.isLive { return "the screen shows the past; 0 goes back to now" }
        if let reason = session.capabilities.reasonAgainst(action.capability) { return reason }
        return reasonInState(action, targets)
    }

    private func reasonInState(_ action: Action, _ targets: [RowId]) -> String? {
        switch action {
        case .pause, .pauseIngress, .resume, .drain, .purge, .delete, .redrive:
            if targets.isEmpty { return "no queue selected" }
            let hasLetters = targets.contains { stream($0)?.deadLetters ?? 0 > 0 }
            return action == .redrive && !hasLetters ? "no dead letters" : nil
        case .kick: return targets.isEmpty ? "no client selected" : nil
        case .throttle:
            return targets.isEmpty && rewriting == nil ? "no client and no rewriting" : nil
        case .holdRewrite: return rewriting == nil ? "nothing is being rewritten" : nil
        case .rotate, .verify: return data.latest.keys.keys.isEmpty ? "the engine has no keys" : nil
        case .retireKey, .destroyKey, .compromise:
            guard let key = selectedKey else { return "no key selected" }
            return Self.reason(action, against: key)
        case .removeSlot:
            if targets.isEmpty { return "no slot selected" }
            return data.latest.keys.slots.count < 2 ? "nothing else opens the store" : nil
        case .lock: return data.latest.keys.memory.isUnlocked ? nil : "already locked"
        case .unlock:
            if data.latest.keys.memory.isUnlocked { return "not locked" }
            return data.latest.keys.slots.isEmpty ? "the store has no slots" : nil
        case .resumeWriting:
            return data.latest.server.state == .writeStopped ? nil : "writing has not stopped"
        case .addSlot, .lameDuck: return nil
        }
    }

    private static func reason(_ action: Action, against key: KeyStatus) -> String? {
        switch (action, key.state) {
        case (_, .destroyed): "the key is destroyed"
        case (.destroyKey, .active), (.destroyKey, .prepared): "the key is in use"
        case (.destroyKey, _) where key.bytes > 0:
            "\(Format.bytes(key.bytes)) are still under it"
        case (.retireKey, .active), (.retireKey, .prepared): "the key is in use"
        case (.compromise, .compromised): "already declared"
        default: nil
        }
    }

    // MARK: What it is about

    /// The rows that actions would be done to: those marked, or the selected ones.
    var actionTargets: ActionTargets { actionTargets(in: plainPicture) }

    /// The same, with the rows of `picture`, which is one of this model.
    func actionTargets(in picture: Picture) -> ActionTargets {
        var targets = ActionTargets()
        let pane = picture.focusedPane
        targets.queues = chosen(in: pane == .queueLatency ? .queueLatency : .queues, picture)
        if pane == .consumers { targets.consumer = selectedId(.consumers) }
        targets.clients = chosen(in: .clients, picture)
        targets.isAboutClients = pane == .clients || pane == .clientDetail
        if screen.current == .keys { targets.keys = Array(chosen(in: .keys, picture).prefix(1)) }
        return targets
    }

    private func chosen(in pane: Pane, _ picture: Picture) -> [RowId] {
        let ids = Lists.access(pane)?.ids(picture, listState(pane)) ?? []
        let state = listState(pane)
        let marked = state.marks.isEmpty ? [] : ids.filter { state.marks.contains($0) }
        return marked.isEmpty ? selected(among: ids, state).map { [$0] } ?? [] : marked
    }

    /// The stream that `id` stands for.
    func stream(_ id: RowId) -> StreamStatus? {
        switch id {
        case .stream(let name), .consumer(let name, _):
            data.latest.streams.first { $0.name == name }
        default: nil
        }
    }

    /// The key under the cursor.
    var selectedKey: KeyStatus? {
        guard case .key(let scope, let version) = selectedId(.keys) else { return nil }
        return data.latest.keys.keys.first { $0.scope == scope && $0.version == version }
    }

    /// The rotation whose data is being rewritten.
    var rewriting: RotationStatus? {
        data.latest.keys.rotations.first { rotation in
            switch rotation[.reencrypt] {
            case .running, .held: true
            case .waiting, .done, .failed: false
            }
        }
    }

    // MARK: Asking

    mutating func ask(_ action: Action) -> [Effect] {
        ask(action, targets: actionTargets[action], options: [])
    }

    /// Opens the question for `action`; what `options` names is chosen beforehand.
    mutating func ask(_ action: Action, targets: [RowId], options: [ConfirmOption]) -> [Effect] {
        if let reason = reasonAgainst(action, targets: targets) {
            say(.warning, "\(action.verb): \(reason)")
            return []
        }
        // New versions come in above: the key that is asked about stays the selected one.
        if action == .rotate, case .key? = targets.first { pinSelection(.keys) }
        screen.overlay = .confirm(confirmation(action, targets, options))
        return []
    }

    /// Keeps the selection of `pane` on its row where nobody has moved it yet.
    private mutating func pinSelection(_ pane: Pane) {
        let ids = rowIds(pane)
        guard let id = selected(among: ids, listState(pane)) else { return }
        setSelection(pane, id: id, index: ids.firstIndex(of: id) ?? 0)
    }

    private func confirmation(
        _ action: Action,
        _ targets: [RowId],
        _ chosen: [ConfirmOption]
    ) -> Confirmation {
        let resolved = resolvedAction(action, targets)
        var ceilings: [[UInt8]: UInt64] = [:]
        for target in targets {
            if let stream = stream(target) { ceilings[stream.name] = stream.lastSequence }
        }
        let level = level(of: resolved, targets)
        let options = ActionPlan.options(resolved, self).map { option in
            chosen.first { $0.label == option.label } ?? option
        }
        var question = Confirmation(
            action: resolved,
            targets: targets,
            level: level,
            openedAt: data.now,
            seen: data.latest.version,
            ceilings: ceilings,
            phrase: level == .destructive ? phrase(resolved, targets) : "",
            options: options
        )
        question.step = ActionPlan.step(question, self)
        return question
    }

    /// Keys that hold also let go: P resumes a held queue, D stops a drain.
    private func resolvedAction(_ action: Action, _ targets: [RowId]) -> Action {
        guard let first = targets.first else { return action }
        if case .consumer(_, let name) = first, action == .pause {
            let consumer = stream(first)?.consumers.first { $0.name == name }
            return consumer.map { $0.pausedUntil > data.now } == true ? .resume : action
        }
        guard let state = stream(first)?.state else { return action }
        switch (action, state) {
        case (.pause, .deliveryPaused), (.pause, .paused), (.drain, .draining), (.drain, .drained),
            (.pause, .drained), (.pauseIngress, .ingressPaused), (.pauseIngress, .paused):
            return .resume
        default: return action
        }
    }

    /// One level more in production, and for a drain that would never end.
    private func level(of action: Action, _ targets: [RowId]) -> SafetyLevel {
        if action == .drain, targets.contains(where: { drainsNever($0) }) { return .destructive }
        if session.isProduction, action.level == .reversible { return .disruptive }
        return action.level
    }

    /// Whether nothing takes the messages of this queue away.
    func drainsNever(_ id: RowId) -> Bool {
        guard let stream = stream(id), stream.depth > 0 else { return false }
        return stream.activeConsumerCount == 0
    }

    private func phrase(_ action: Action, _ targets: [RowId]) -> String {
        guard targets.count <= 1 else { return "\(action.verb) \(targets.count) queues" }
        switch targets.first {
        case .stream(let name): return DisplayText(name, cellsMax: 256).text
        case .consumer(_, let name): return DisplayText(name, cellsMax: 256).text
        case .key(_, let version): return "k\(version)"
        case .slot(let index): return "slot \(index)"
        default:
            return action == .lameDuck
                ? DisplayText(session.target, cellsMax: 64).text : action.verb
        }
    }

    // MARK: Confirming

    mutating func press(_ key: Key, _ confirmation: Confirmation) -> [Effect] {
        if key == Key(.escape) || key == .control("c") {
            screen.overlay = .none
            say(.info, "\(confirmation.action.verb): cancelled")
            return []
        }
        if confirmation.isConfirmed(by: key, at: data.now) {
            screen.overlay = .none
            return confirm(confirmation, by: key)
        }
        if confirmation.level == .reversible {
            screen.overlay = .none
            say(.info, "\(confirmation.action.verb): cancelled")
            return []
        }
        var changed = confirmation
        changed.apply(key)
        // Whose keys are meant decides which step is due.
        if changed.options != confirmation.options { changed.step = ActionPlan.step(changed, self) }
        screen.overlay = .confirm(changed)
        return []
    }

    private mutating func confirm(_ confirmation: Confirmation, by key: Key) -> [Effect] {
        if let reason = isStale ? "the data is stale" : nil {
            say(.warning, "\(confirmation.action.verb): \(reason)")
            return []
        }
        guard confirmation.step == ActionPlan.step(confirmation, self) else {
            // The question named another step than is due now: ask again for that one.
            say(.warning, "\(confirmation.action.verb): another step is due by now")
            return ask(confirmation.action, targets: confirmation.targets, options: [])
        }
        let planned = ActionPlan.orders(confirmation, by: key, at: data.now, self)
        for pane in [Pane.queues, .clients, .keys] where !listState(pane).marks.isEmpty {
            screen.lists[pane]?.marks = []
        }
        return planned.flatMap { plan in
            submit(
                plan.order,
                label: plan.label,
                action: confirmation.action,
                inverse: plan.inverse,
                seen: confirmation.seen
            )
        }
    }

    mutating func submit(
        _ order: EngineOrder,
        label: String,
        action: Action?,
        inverse: EngineOrder?,
        seen: UInt64 = 0
    ) -> [Effect] {
        let ticket = Ticket(id: work.nextTicket, seen: seen, author: session.author)
        work.nextTicket += 1
        work.pending[ticket.id] = PendingOrder(
            order: order,
            label: label,
            action: action,
            inverse: inverse
        )
        return [.submit(order, ticket)]
    }

    mutating func takeBack() -> [Effect] {
        if session.isReadOnly {
            say(.warning, "undo: read-only")
            return []
        }
        guard let entry = work.undo.popLast() else {
            say(.info, "undo: nothing to take back")
            return []
        }
        return submit(entry.order, label: "undone: \(entry.label)", action: nil, inverse: nil)
    }
}

extension Confirmation {
    /// Applies a key that neither confirms nor cancels: typing, or choosing among options.
    mutating func apply(_ key: Key) {
        switch key.code {
        case .tab, .down: moveOption(by: 1)
        case .up: moveOption(by: -1)
        case .left where !options.isEmpty: choose(by: -1)
        case .right where !options.isEmpty: choose(by: 1)
        case .enter: break
        default:
            if level == .destructive { _ = field.apply(key) }
        }
    }

    private mutating func moveOption(by step: Int) {
        guard !options.isEmpty else { return }
        optionIndex = (optionIndex + step + options.count) % options.count
    }

    private mutating func choose(by step: Int) {
        guard options.indices.contains(optionIndex) else { return }
        let count = max(1, options[optionIndex].choices.count)
        options[optionIndex].index = (options[optionIndex].index + step + count) % count
    }
}
