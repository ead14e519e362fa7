// A full page gives its wide columns up for narrow ones.

import Base

extension MessageIndex {
    /// Packs the newest page, which has at least one slot.
    mutating func pack(_ at: Int) {
        let slots = times.count
        let (sizeBase, sizeWidth) = Self.narrow(sizes)
        let (subjectBase, subjectWidth) = Self.narrow(subjects)
        let timeBase = times[0]
        let timeSpan = times[slots - 1] > timeBase ? times[slots - 1] &- timeBase : 0
        var shift: UInt8 = 0
        while timeSpan >> UInt64(shift) >= 0xFFFF { shift += 1 }
        let byteCount = slots * (2 + Int(sizeWidth) + Int(subjectWidth))
        let columns = PageMemory.allocate(byteCount)
        let sizeOffset = slots * 2
        let subjectOffset = slots * (2 + Int(sizeWidth))
        for slot in 0..<slots {
            let passed = times[slot] > timeBase ? times[slot] &- timeBase : 0
            let roundedUp = (passed &+ (UInt64(1) << UInt64(shift)) &- 1) >> UInt64(shift)
            let steps = UInt32(truncatingIfNeeded: min(roundedUp, 0xFFFF))
            PageMemory.store(steps, columns, 0, width: 2, slot)
            let size = sizes[slot] &- sizeBase
            PageMemory.store(size, columns, sizeOffset, width: sizeWidth, slot)
            let subject = subjects[slot] &- subjectBase
            PageMemory.store(subject, columns, subjectOffset, width: subjectWidth, slot)
        }
        pages[at].columns = columns
        pages[at].columnSlots = UInt16(slots)
        pages[at].timeBase = timeBase
        pages[at].timeShift = shift
        pages[at].sizeBase = sizeBase
        pages[at].sizeWidth = sizeWidth
        pages[at].subjectBase = subjectBase
        pages[at].subjectWidth = subjectWidth
        times.removeAll()
        sizes.removeAll()
        subjects.removeAll()
    }

    /// The smallest number and how many bytes the distance to the largest takes.
    static func narrow(_ column: borrowing Table<UInt32>) -> (base: UInt32, width: UInt8) {
        var low = UInt32.max
        var high: UInt32 = 0
        for slot in 0..<column.count {
            low = min(low, column[slot])
            high = max(high, column[slot])
        }
        return (low, HeadPage.width(high &- low))
    }
}

extension PageMemory {
    static func clearBit(_ address: UInt, _ slot: Int) {
        precondition(slot >= 0 && slot < IndexPage.slotsMax, "slot outside its page")
        setByte(address, slot >> 3) { $0 & ~(1 << UInt8(slot & 7)) }
    }

    private static func setByte(_ address: UInt, _ offset: Int, _ change: (UInt8) -> UInt8) {
        // SAFETY: `clearBit` checked the offset.
        let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
        let old = unsafe pointer.load(fromByteOffset: offset, as: UInt8.self)
        unsafe pointer.storeBytes(of: change(old), toByteOffset: offset, as: UInt8.self)
    }
}
