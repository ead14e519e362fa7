// The entry of the program.

import Configuration
import Glibc

@main
enum Main {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == "themes" {
            exit(ThemesCommand.run(Array(arguments.dropFirst())))
        }
        exit(Serve.run(arguments.first == "serve" ? Array(arguments.dropFirst()) : arguments))
    }
}
