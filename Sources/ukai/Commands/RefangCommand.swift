import ArgumentParser
import Indicators
import Syntax
import Terminal

/// `ukai refang`: defanged values made usable.
struct RefangCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refang",
    abstract: "Undo defanging (hxxp, [.], (dot), [at] …) in values or text.",
    discussion: """
      Only what would be an indicator changes; prose stays as it is. With - every line of standard input gives one line.

      Example:
        ukai refang 'hxxps[:]//cdn[.]evil(dot)example/a'
      """)

  @OptionGroup var output: FormatOptions

  @Argument(help: "Texts; - reads standard input.")
  var texts: [String] = ["-"]

  func run() throws {
    var console = output.console()
    try ValueInput.forEach(texts) { text in
      let refanged = Refang.refang(text)
      try console.record(
        [
          "input": .string(text), "output": .string(refanged.output), "changed": .bool(refanged.changed),
          "styles": JSONValue(refanged.styles),
        ], text: Console.filtered(refanged.output))
    }
    try console.flush()
  }
}

/// `ukai defang`: values made safe to mail and paste.
struct DefangCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "defang",
    abstract: "Make values safe to mail and paste: hxxps://evil[.]example.",
    discussion: "What it writes, ukai refang reads back to the same value.")

  @OptionGroup var output: FormatOptions

  @Argument(help: "Texts; - reads standard input.")
  var texts: [String] = ["-"]

  func run() throws {
    var console = output.console()
    try ValueInput.forEach(texts) { text in
      let defanged = Refang.defang(text)
      try console.record(
        ["input": .string(text), "output": .string(defanged), "changed": .bool(defanged != text)], text: Console.filtered(defanged))
    }
    try console.flush()
  }
}
