import Foundation
import Foundations
import Network
import ONNX
import Torch

/// Runs ONNX files in stock ONNX Runtime, by way of its Python package.
public struct ONNXRuntimeJudge: Sendable {
  /// The Python.
  let python: String

  /// Runs files in the ONNX Runtime of a Python.
  public init(python: String) { self.python = python }

  /// Finds the Python that has ONNX Runtime: the environment's `EMQ_PYTHON`, or the one that `Scripts/bootstrap` set up.
  ///
  /// - Returns: nil where there is none.
  public init?() {
    if let given = ProcessInfo.processInfo.environment["EMQ_PYTHON"] {
      python = given
      return
    }
    guard let found = ProjectFiles.find(".deps/venv/bin/python") else { return nil }
    python = found
  }

  /// The error of what cannot do without ONNX Runtime.
  public static let notFound = FileError(
    .unavailable,
    "ONNX Runtime was not found; Scripts/bootstrap sets it up, or EMQ_PYTHON names a Python that has it")

  private static let script = """
    import json, sys
    try:
        import numpy, onnxruntime
        order = json.loads(sys.argv[1])
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = order["threads"]
        session = onnxruntime.InferenceSession(order["model"], options, providers=["CPUExecutionProvider"])
        types = {"tensor(float)": "float32", "tensor(double)": "float64", "tensor(float16)": "float16"}
        wanted = {given.name: given for given in session.get_inputs()}
        for batch in order["batches"]:
            data, axes, size = {}, {}, None
            for given in batch["inputs"]:
                values = numpy.fromfile(given["path"], dtype=given["type"]).reshape(given["shape"])
                kind = wanted[given["name"]].type
                data[given["name"]] = values.astype(types.get(kind, kind[len("tensor("):-1]))
                axes[given["name"]] = given["axis"]
                shape = wanted[given["name"]].shape
                if size is None and isinstance(shape[given["axis"]], int):
                    size = shape[given["axis"]]
            first = next(iter(data))
            total = data[first].shape[axes[first]]
            parts = []
            for start in range(0, total, size or total):
                positions = numpy.minimum(numpy.arange(start, start + (size or total)), total - 1)
                part = {name: numpy.take(values, positions, axis=axes[name]) for name, values in data.items()}
                count = min(total - start, size or total)
                found = session.run([output["name"] for output in order["outputs"]], part)
                found = [value if output.get("classes") is None else numpy.moveaxis(value, output["classes"], -1)
                         for value, output in zip(found, order["outputs"])]
                rows = [numpy.moveaxis(value, output["axis"], 0)[:count].reshape(count, -1)
                        for value, output in zip(found, order["outputs"])]
                parts.append(numpy.concatenate(rows, axis=1))
            numpy.concatenate(parts).astype(numpy.float32).tofile(batch["path"])
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")
    """

  private struct Order: Encodable {
    struct Input: Encodable {
      let name: String
      let path: String
      let type: String
      let shape: [Int]
      let axis: Int
    }

    struct Batch: Encodable {
      let inputs: [Input]
      let path: String
    }

    struct Output: Encodable {
      let name: String
      let axis: Int
      /// The dimension that counts classes, which comes last; nil where the order stays.
      var classes: Int?
    }

    let model: String
    let threads: Int
    let outputs: [Output]
    let batches: [Batch]
  }

  /// The outputs [N, numbers] that ONNX Runtime computes for each batch of a network's inputs.
  ///
  /// A model with a fixed batch is run on so many examples at once.
  /// - Parameters:
  ///   - model: a file of the network's inputs and outputs.
  ///   - network: whose outputs are wanted.
  ///   - batches: the inputs, batch by batch.
  ///   - threads: how many run at once.
  /// - Throws: `FileError` with what ONNX Runtime said.
  public func outputs(model: String, network: Network, batches: [Inputs], threads: Int) throws -> [Tensor] {
    try outputs(
      model: model, inputs: network.inputs.map(\.name),
      outputs: network.outputs.map {
        .init(name: $0.name, axis: $0.batchAxis, classes: network.hasPositions ? network.classAxis : nil)
      }, batches: batches,
      threads: threads)
  }

  private func outputs(
    model: String, inputs: [String], outputs: [Order.Output], batches: [Inputs], threads: Int
  ) throws -> [Tensor] {
    try TemporaryFolder.with { folder in
      let orders = try batches.enumerated().map { index, batch in
        let given = try zip(inputs, batch.tensors).enumerated().map { place, input in
          let path = "\(folder)/input\(index)-\(place)"
          try AtomicFile.write(input.1.contiguous().bytes(), to: path)
          return Order.Input(
            name: input.0, path: path, type: "\(input.1.elementType)", shape: input.1.shape,
            axis: batch.batchAxes[place])
        }
        return Order.Batch(inputs: given, path: "\(folder)/output\(index)")
      }
      let order = Order(model: model, threads: threads, outputs: outputs, batches: orders)
      do {
        try PythonScript(python: python, text: Self.script).run([
          String(decoding: try JSONEncoder().encode(order), as: UTF8.self)
        ])
      } catch let failure as PythonScript.Failure {
        throw FileError(.unavailable, "\(model): ONNX Runtime failed: \(failure.reason)")
      }
      return try zip(orders, batches).map { order, batch in
        let data = Data(try AtomicFile.read(order.path))
        let columns = data.count / MemoryLayout<Float>.size / max(1, batch.count)
        return try Tensor(data, shape: [batch.count, columns], elementType: .float32)
      }
    }
  }

  /// The logits [N, classes] that ONNX Runtime computes for images [N, channels, height, width].
  ///
  /// - Throws: `FileError` with what ONNX Runtime said.
  public func logits(model: String, images: [Tensor], threads: Int) throws -> Tensor {
    let graph = try Model(contentsOf: model).graph
    guard let input = graph.inputs.first?.name, let output = graph.outputs.first?.name else {
      throw FileError(.data, "\(model): has no input or no output")
    }
    return try Tensor.concatenated(
      outputs(
        model: model, inputs: [input], outputs: [.init(name: output, axis: 0)],
        batches: images.map { Inputs($0) },
        threads: threads), dimension: 0)
  }
}
