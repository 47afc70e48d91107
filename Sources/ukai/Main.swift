import Terminal

@main
enum Main {
  static func main() { Program.run(Ukai.self) }
}
