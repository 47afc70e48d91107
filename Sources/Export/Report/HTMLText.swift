/// Text made safe inside HTML, in an element or in a quoted attribute. What could reorder or hide text is shown as a code.
enum HTMLText {
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: result += "&amp;"
      case 0x3C: result += "&lt;"
      case 0x3E: result += "&gt;"
      case 0x22: result += "&quot;"
      case 0x27: result += "&#39;"
      case 0x0A, 0x09: result += " "
      case 0x00..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF:
        result += "<span class=\"code\">U+\(String(scalar.value, radix: 16, uppercase: true))</span>"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
