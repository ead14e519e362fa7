// The only writer of the model.

/// Changes `model` by what happened and says what the surroundings must do.
///
/// Pure: the same model and intent always give the same result. Each area's cases are handled in a
/// file of its own.
public func update(_ model: inout ConsoleModel, _ intent: Intent) -> [Effect] {
    switch intent {
    case .sampled(let snapshot): return model.take(snapshot)
    case .ticked(let now): return model.tick(now)
    case .resized(let size):
        model.screen.size = size
        return [.redraw]
    case .reported(let reports): return model.take(reports)
    case .refused(let ticket, let refusal): return model.take(refusal, of: ticket)
    case .untyped(let ticket): return model.giveUp(ticket)
    case .linked(let link):
        model.data.link = link
        return []
    case .notified(let severity, let text):
        model.say(severity, text)
        return []
    case .pressed(let key): return model.press(key)
    case .pasted(let text): return model.paste(text)
    case .pointed(let action, let column, let row):
        return model.point(action, column: column, row: row)
    case .show, .focus, .zoom, .open, .back, .move, .redraw, .resync, .panePrefix, .again:
        return model.look(intent)
    case .pick, .sortBy, .invertSort, .mark, .invertMarks, .clearMarks, .filter, .find, .findAgain,
        .units:
        return model.arrange(intent)
    case .freeze, .scrub, .scrubPage, .live, .timeZoom, .setMarker, .jump, .compare, .graphStyle:
        return model.travel(intent)
    case .help, .palette, .drawer, .peek, .copy, .pager, .acknowledge, .mouse, .suspend, .cancel,
        .quit:
        return model.serve(intent)
    case .command(let text): return model.run(command: text)
    case .ask(let action): return model.ask(action)
    case .undo: return model.takeBack()
    }
}
