import Datasets
import Foundations
import Network
import ONNX
import TestSupport
import Testing
import Torch
import Workloads

/// What arrays have to be for a network's inputs.
@Suite("Inputs by name")
struct InputArraysTests {
  private let context = WorkContext(threads: 2)
  private let bert = ReferenceNetwork.named("bert-tiny")

  private func load(_ data: Dataset, _ reference: ReferenceNetwork) throws -> LoadedExamples {
    let source = try Model(contentsOf: reference.path)
    return try Workload(
      source: source, name: "\(reference.file).onnx",
      options: NetworkOptions(objective: .values).completed(for: source, name: "network", by: data),
      preprocessing: nil
    ).examples(of: data, needsLabels: false, context: context)
  }

  private func message(
    _ changing: (inout [(name: String, array: NumPyArray)]) throws -> Void
  ) throws -> String {
    try TestFiles.withFolder { folder in
      do {
        _ = try load(bert.dataset(in: folder, changing: changing), bert)
        return ""
      } catch { return "\(error)" }
    }
  }

  @Test("what is missing or of another type or shape is named beside what is wanted")
  func wrong() throws {
    let missing = try message { $0.removeAll { $0.name == "attention_mask" } }
    #expect(missing.contains("has no array attention_mask; network takes input_ids (int64, [sequence])"))
    let floats = try message { arrays in
      arrays[0].array = NumPyArray(
        [Float](repeating: 1, count: arrays[0].array.shape.reduce(1, *)), shape: arrays[0].array.shape)
    }
    #expect(floats.contains("input_ids: has numbers of another type") && floats.contains("int64"))
    let unequal = try message { arrays in
      let width = arrays[1].array.shape[1]
      arrays[1].array = NumPyArray([Int64](repeating: 1, count: 2 * width), shape: [2, width])
    }
    #expect(unequal.contains("has 2 rows, but other arrays 3"))
    let flat = try message { arrays in
      for index in arrays.indices { arrays[index].array = NumPyArray([1, 2, 3] as [Int64], shape: [3]) }
    }
    #expect(flat.contains("input_ids") && flat.split(separator: "\n").count == 1)
  }

  @Test("an input that data lack is given one number, as an array of it would be")
  func values() throws {
    let reference = ReferenceNetwork.named("speech-state")
    let source = try Model(contentsOf: reference.path)
    let state = try #require(source.graph.inputs.last).name
    func loaded(_ data: Dataset, _ values: [String: Double]) throws -> [[Double]] {
      let options = try NetworkOptions(inputValues: values, objective: .values).completed(
        for: source, name: "network", by: data)
      let workload = try Workload(source: source, name: "network", options: options, preprocessing: nil)
      let examples = try workload.examples(of: data, needsLabels: false, context: context)
      return try workload.network.logits(batches: examples.batches, threads: 1).map { try $0.doubles() }
    }
    func message(_ data: Dataset, _ values: [String: Double]) -> String {
      do { return "\(try loaded(data, values).count)" } catch { return "\(error)" }
    }
    try TestFiles.withFolder { folder in
      let whole = try reference.dataset(in: folder) { arrays in
        let shape = arrays[1].array.shape
        arrays[1].array = NumPyArray([Float](repeating: 0.5, count: shape.reduce(1, *)), shape: shape)
      }
      let expected = try loaded(whole, [:])
      #expect(message(whole, [state: 0.5]).contains("either has to go"))
      let bare = try reference.dataset(in: folder) { $0.removeAll { $0.name == state } }
      #expect(try loaded(bare, [state: 0.5]) == expected)
      #expect(try loaded(bare, [state: 0]) != expected)
      #expect(message(bare, [:]).contains("has no array \(state)"))
      #expect(message(bare, ["stat": 0, state: 0]).contains("has no input stat"))
      #expect(message(bare, [state: .nan]).contains("does not hold"))
    }
    let bert = try Model(contentsOf: bert.path)
    try TestFiles.withFolder { folder in
      let data = try self.bert.dataset(in: folder) { $0.removeAll { $0.name == "token_type_ids" } }
      let options = try NetworkOptions(inputValues: ["token_type_ids": 0.5], objective: .values).completed(
        for: bert, name: "network", by: data)
      #expect(throws: (any Error).self) {
        try Workload(source: bert, name: "network", options: options, preprocessing: nil).examples(
          of: data, needsLabels: false, context: context)
      }
    }
  }

  @Test("what stands behind the end of all masks of a batch is not computed, and changes nothing")
  func masks() throws {
    let reference = ReferenceNetwork.named("minilm-tiny")
    try TestFiles.withFolder { folder in
      // Pairs of sentences of 3 to 16 tokens.
      let (count, width) = (24, 16)
      let lengths = (0..<count).map { $0 / 2 % 2 == 0 ? 3 + $0 % 5 : 9 + $0 % 8 }
      var (ids, mask) = ([Int64](), [Int64]())
      for length in lengths {
        for place in 0..<width {
          ids.append(place < length ? Int64(1 + (place * 5 + length) % 30) : 0)
          mask.append(place < length ? 1 : 0)
        }
      }
      let arrays: [(name: String, array: NumPyArray)] = [
        ("input_ids", NumPyArray(ids, shape: [count, width])),
        ("attention_mask", NumPyArray(mask, shape: [count, width])),
        ("scores", NumPyArray((0..<count / 2).map { Float($0) }, shape: [count / 2])),
      ]
      try NumPyArchive.write(arrays, to: "\(folder)/d.npz")
      let data = try Dataset.open("\(folder)/d.npz")
      let loaded = try load(data, reference)
      #expect(loaded.count == count && Set(loaded.batches.map { $0.tensors[0].shape[1] }) == [8, 16])
      let source = try Model(contentsOf: reference.path)
      let network = try Network(
        source, options: NetworkOptions(objective: .values).completed(for: source, name: "network", by: data))
      let found = try network.logits(batches: loaded.batches, threads: 2).flatMap { try $0.doubles() }
      // The same examples, whole, in the same order.
      let order = try loaded.dataset.arrayBatches(["input_ids", "attention_mask"], of: count)[0]
      let whole = try network.logits(Inputs(order.map { try $0.tensor() })).doubles()
      #expect(relativeDifference(found, whole) < 1e-5)
      // Pairs are still pairs.
      let scores = try loaded.dataset.furtherArrays(than: []).first { $0.name == "scores" }
      let firsts = stride(from: 0, to: count, by: 2).map { order[0].integers?[$0 * width + 2] ?? -1 }
      let expected = scores?.array.floats?.map { pair in ids[2 * Int(pair) * width + 2] }
      #expect(expected == firsts.map { Int64($0) })
    }
  }

  @Test("a metric is computed by the program or by a command, whose failures are one line")
  func metric() throws {
    try TestFiles.withFolder { folder in
      let reference = ReferenceNetwork.named("minilm-tiny")
      let data = try reference.dataset(in: folder)
      let source = try Model(contentsOf: reference.path)
      let network = try Network(
        source, options: NetworkOptions(objective: .values).completed(for: source, name: "network", by: data))
      let outputs = [try Tensor([1, 0, 0, 1, 1, 1] as [Float], shape: [3, 2])]
      func value(_ command: String, limit: Double = 20) throws -> Double {
        try TaskMetric(command, timeLimit: limit).value(
          of: outputs, network: network, dataset: data, context: context)
      }
      func failure(_ command: String, limit: Double = 20) -> String {
        do { return "\(try value(command, limit: limit))" } catch { return "\(error)" }
      }
      #expect(try value("echo words; echo 0.25; true") == 0.25)
      #expect(failure("echo oops >&2; exit 3; true").contains("failed with status 3: oops"))
      #expect(failure("echo words; true").contains("gave no number: its last line is 'words'"))
      #expect(failure("echo nan; true").contains("gave no number"))
      #expect(failure("sleep 30; true", limit: 0.3).contains("took more than"))
      #expect(failure("spearman").contains("needs an array scores"))
    }
  }
}
