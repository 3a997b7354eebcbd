/// All that the command line does, as a library: load, collect, evolve, allocate, quantize, export, prove.
///
///     import EMQ
///
///     let workload = try Workload(model: "model.onnx", preprocessing: .preset("cifar10"))
///
/// The package's folder `Examples` has a program that goes the whole way.
@_exported import Allocation
@_exported import BenchmarkBuilding
@_exported import Benchmarks
@_exported import BitModel
@_exported import Compression
@_exported import Datasets
@_exported import Evolution
@_exported import Foundations
@_exported import LayerStatistics
@_exported import Network
@_exported import ONNX
@_exported import ONNXRuntime
@_exported import PostgreSQL
@_exported import PostgreSQLBenchmarks
@_exported import Proxies
@_exported import Quantization
@_exported import RankStatistics
@_exported import SharedStore
@_exported import Statistics
@_exported import Studies
@_exported import Training
@_exported import Workers
@_exported import Workloads
