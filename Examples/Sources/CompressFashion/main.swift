import EMQ

// compress-fashion MODEL TRAINING-IMAGES TEST-IMAGES OUTPUT
let paths = Array(CommandLine.arguments.dropFirst())
let context = WorkContext(threads: 2)

// Load: the network with what is done to its images.
let workload = try Workload(model: paths[0], preprocessing: .preset("fashion-mnist"))
let (training, test) = (try Dataset.open(paths[1]), try Dataset.open(paths[2]))

// Collect: what rounding single layers does to the predictions, and a benchmark of configurations that are measured.
let costs = NetworkCosts(model: workload.network.costs)
let space = try AllocationSpace(costs: costs, weightBits: [2, 3, 4])
let compression = try Compression(
  workload, CompressionRequest(data: training, test: test, space: space, budgets: [Budget(parsing: "3bits")]),
  context: context)
let statistics = try compression.statistics(for: HandcraftedProxy.all.filter(\.takesForwardPassesOnly))
let benchmark = try compression.benchmark(count: 40, images: 500)

// Evolve: a formula over the statistics that ranks configurations as they were measured.
let problem = try SearchProblem([BenchmarkProblem(benchmark, statistics)])
var search = try EvolutionSearch(problem: problem, space: .available(FormulaInput.forward, in: problem))
try search.run(threads: context.threads)
let proxy = try search.chosen(threads: context.threads)[0].proxy

// Allocate, quantize, export, prove.
let bits = try compression.allocator(proxy, statistics).best(within: compression.bounds).configuration
let quantized = try compression.quantized(bits)
try quantized.model(packing: .least).write(to: paths[3])
let proof = try CompressionProof(compression, quantized, file: paths[3])
print(proxy, bits, proof.float.top1, proof.top1, separator: "\n")
