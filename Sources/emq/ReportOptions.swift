import ArgumentParser
import Foundation
import Foundations
import HTMLReports

/// Where a page of the results goes, for commands that make one.
struct ReportOptions: ParsableArguments {
  @Option(
    name: .customLong("report"),
    help: ArgumentHelp(
      "An HTML file to write: results as pictures and tables on one page.", valueName: "file.html"))
  var path: String?

  /// Checks that the page can be written before work for it is begun.
  ///
  /// - Parameters:
  ///   - inputs: files that it must not take the place of.
  ///   - outputs: files that the command writes besides.
  ///   - folder: one that the command makes; it is made now where the page is to lie in it.
  func requireWritable(
    keeping inputs: [String?] = [], besides outputs: [String?] = [], within folder: String? = nil
  ) throws {
    guard let path else { return }
    func resolved(_ path: String) -> String {
      URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
    guard !outputs.compactMap({ $0 }).contains(where: { resolved($0) == resolved(path) }) else {
      throw FileError(.usage, "\(path): --report names what another option writes; give it another name")
    }
    if let folder, resolved(path).hasPrefix(resolved(folder) + "/") { try AtomicFile.makeFolder(folder) }
    try AtomicFile.requireWritable(path, keeping: inputs)
  }

  /// Writes the page, which is made only where it was asked for.
  func write(_ page: () throws -> ReportPage) throws {
    guard let path else { return }
    try page().write(to: path)
  }
}
