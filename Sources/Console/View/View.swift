// The screen as a function of the model.

import Base
public import Canvas
import Engine

/// The picture of `model` in `theme`, as large as `size`.
///
/// Pure and total: every size down to nothing has a picture, and nothing is drawn outside it.
public func view(_ model: ConsoleModel, theme: Theme, size: Size) -> Frame {
    var sized = model
    sized.screen.size = size
    var frame = Frame(size: size)
    let picture = Picture(sized, glyphs: theme.glyphs).prepared()
    let plan = ScreenPlan(picture.model.screen)
    let focused = picture.focusedPane
    switch plan.sizeClass {
    case .dot: TinyView.drawDot(in: frame.bounds, on: &frame, picture)
    case .lines: TinyView.drawLines(in: frame.bounds, on: &frame, picture)
    case .list:
        TinyView.drawList(plan, on: &frame, context(picture, plan, isFocused: true))
        StatusLine.draw(in: plan.status, on: &frame, picture)
        KeyBar.draw(in: plan.keyBar, on: &frame, picture, plan)
    case .small, .medium, .large, .huge:
        HeaderLine.draw(in: plan.header, on: &frame, picture)
        TabLine.draw(in: plan.tabs, on: &frame, picture)
        for place in plan.places {
            let isFocused = place.pane == focused
            PaneView.draw(
                place.pane,
                in: place.rect,
                on: &frame,
                context(picture, plan, isFocused: isFocused)
            )
        }
        if model.isStale, model.data.latest.takenAt != .never { dim(plan, on: &frame) }
        StatusLine.draw(in: plan.status, on: &frame, picture)
        KeyBar.draw(in: plan.keyBar, on: &frame, picture, plan)
    }
    if plan.sizeClass >= .lines {
        OverlayView.draw(on: &frame, context(picture, plan, isFocused: true))
    }
    if theme.glyphs.isAscii { frame.reduceToAscii(ellipsis: theme.glyphs[.ellipsis]) }
    return frame
}

extension Frame {
    /// Replaces what is not ASCII: cut text keeps its mark, all else becomes `?`.
    fileprivate mutating func reduceToAscii(ellipsis: Unicode.Scalar) {
        for row in 0..<size.rows {
            for column in 0..<size.columns {
                let cell = self[column, row]
                guard !cell.scalar.isASCII || cell.firstMark != "\0" else { continue }
                let plain = cell.scalar == "…" ? ellipsis : cell.scalar.isASCII ? cell.scalar : "?"
                put(plain, in: bounds, column: column, row: row, role: cell.role)
                guard cell.shape == .wide else { continue }
                put("?", in: bounds, column: column + 1, row: row, role: cell.role)
            }
        }
    }
}

private func context(_ picture: Picture, _ plan: ScreenPlan, isFocused: Bool) -> PaneContext {
    PaneContext(picture: picture, isFocused: isFocused, sizeClass: plan.sizeClass)
}

/// Makes numbers that are too old to be trusted look it.
private func dim(_ plan: ScreenPlan, on frame: inout Frame) {
    for place in plan.places { frame.recolour(place.rect.inset(columns: 1, rows: 1), as: .stale) }
}
