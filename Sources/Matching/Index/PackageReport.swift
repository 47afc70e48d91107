import Indicators

/// How package managers name packages in what they tell of their work, behind a cue or before it.
///
/// From the output of pip, Poetry, npm and Yarn. What stands around a name is part of the form, so that the words of a cue in any other text
/// (`Collecting data from 3 hosts`) name nothing.
enum PackageReport: Sendable {
  /// `Collecting NAME==1.2 (from other)`: a requirement (PEP 508) that ends the line, or is followed by who asks for it.
  case requirement
  /// `Requirement already satisfied: NAME in …`, `Building wheel for NAME (setup.py)`, `npm warn deprecated NAME@1.2.0: …`
  case name
  /// `Downloading NAME-1.2-py3-none-any.whl (12 kB)`, `Processing ./dist/NAME-1.2.tar.gz`, with its URL where that is no file of PyPI
  case distribution
  /// `Installing collected packages: NAME, NAME`
  case list
  /// `Successfully installed NAME-1.2 NAME-0.9`
  case installed
  /// `Found existing installation: NAME 1.2`
  case nameAndVersion
  /// `  - Installing NAME (1.2)`
  case itemWithVersion
  /// `├── NAME@1.2.0`: without its version it may be any tree's.
  case branch
  /// `> NAME@1.2.0 postinstall`: the name is before the cue.
  case script

  static func cues(of type: IndicatorType) -> [(text: String, report: PackageReport)] {
    switch type {
    case .pypi:
      [
        ("collecting", .requirement), ("already satisfied", .name), ("wheel for", .name), ("attempting uninstall", .name), ("satisfies the requirement", .name),
        ("distribution found for", .name), ("successfully built", .list),
        ("downloading", .distribution), ("using cached", .distribution), ("processing", .distribution), ("collected packages", .list), ("successfully installed", .installed),
        ("successfully uninstalled", .installed), ("uninstalling", .installed), ("existing installation", .nameAndVersion),
        ("installing", .itemWithVersion),
      ]
    case .npm:
      [("warn deprecated", .name), ("preinstall", .script), ("postinstall", .script)]
        + ["├──", "└──", "├─┬", "└─┬", "├─", "└─"].map { ($0, .branch) }
    default: []
    }
  }
}
