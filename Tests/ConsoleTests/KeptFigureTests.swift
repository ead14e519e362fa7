// Numbers that history keeps: each is read where it is written.

import Engine
import Testing

@testable import Console

@Suite struct KeptFigureTests {
    @Test(arguments: KeptFigure.all.indices)
    func `what is written is read, and nothing else`(place: Int) {
        var snapshot = EngineSnapshot()
        let before = KeptFigure.all.map { $0.read(snapshot) }
        KeptFigure.all[place].write(&snapshot, 3)
        let after = KeptFigure.all.map { $0.read(snapshot) }
        #expect(after[place] == 3)
        let changed = after.indices.filter { after[$0] != before[$0] }
        #expect(changed == [place])
    }
}
