import Testing

@testable import Identity

@Suite struct DistinguishedNameTests {
    private func name(_ text: String) -> DistinguishedName? {
        DistinguishedName(Array(text.utf8))
    }

    @Test(arguments: [
        ("CN=anna,O=Desk", "cn=anna, o=Desk"), ("CN=anna,O=Desk", "CN = anna ; O=Desk "),
        ("CN=anna+UID=7,O=Desk", "UID=7+CN=anna,O=Desk"), ("CN=a\\,b", "CN=a\\2Cb"),
        ("CN=\\ a\\ ", "CN=\\20a\\20"), ("CN=été", "CN=\\C3\\A9t\\c3\\a9"),
    ])
    func `other spellings are the same name`(left: String, right: String) throws {
        let one = try #require(name(left))
        let other = try #require(name(right))
        #expect(one == other)
    }

    @Test(arguments: [
        ("CN=anna,O=Desk", "O=Desk,CN=anna"), ("CN=anna", "CN=Anna"), ("CN=anna", "CN=anna,O=Desk"),
        ("CN=anna,O=Desk", "CN=anna+O=Desk"), ("CN=a\\,O=b", "CN=a,O=b"), ("CN=anna", "OU=anna"),
        ("CN=été", "CN=e\u{301}t\u{E9}"),
    ])
    func `other parts are other names`(left: String, right: String) throws {
        let one = try #require(name(left))
        let other = try #require(name(right))
        #expect(one != other)
    }

    @Test func `groups may be compared in any order`() throws {
        let one = try #require(name("CN=anna+UID=7,OU=a,OU=b,C=LU"))
        let others = [
            ("C=LU,OU=b,OU=a,UID=7+CN=anna", true), ("C=LU,OU=a,OU=a,UID=7+CN=anna", false),
            ("C=LU,OU=b,OU=a,UID=7,CN=anna", false),
        ]
        for (text, isSame) in others {
            let other = try #require(name(text))
            #expect(one.hasSameGroups(as: other) == isSame)
        }
    }

    @Test(arguments: [
        "", "anna", "=anna", "CN=", "CN=a,", ",CN=a", "CN=a,,O=b", "CN=a+", "CN=a\\", "CN=a\\z",
        "C N=a", "CN=\"a\"", "CN=a<b", "CN=a\0b", "CN=\\", "été=a",
    ])
    func `refuses what is no name`(text: String) {
        #expect(name(text) == nil)
    }

    @Test func `refuses what is too long`() {
        #expect(name("CN=" + String(repeating: "a", count: 4_093)) != nil)
        #expect(name("CN=" + String(repeating: "a", count: 4_094)) == nil)
    }
}
