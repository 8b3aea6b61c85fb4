using System.Runtime.InteropServices;

namespace StableVideo.Onnx;

/// <summary>
/// Builds an ONNX graph (operator set 21) operator by operator. Values are immutable edges; nothing runs until the graph is opened in a
/// <see cref="NetworkSession"/>. Methods are named after what they compute and say so in PyTorch's terms.
/// </summary>
/// <param name="name">Name of the graph, shown in errors and profiles.</param>
public sealed partial class GraphBuilder(string name)
{
    internal const string MicrosoftDomain = "com.microsoft";

    private readonly List<ProtoMessage> _nodes = [];
    private readonly List<ProtoMessage> _initializers = [];
    private readonly List<ProtoMessage> _inputs = [];
    private readonly List<ProtoMessage> _outputs = [];
    private readonly Dictionary<(string File, string Tensor), GraphValue> _weights = [];
    private readonly Dictionary<string, GraphValue> _constants = [];
    private string? _weightsFolder;
    private int _next;

    /// <summary>Declares an input.</summary>
    public GraphValue Input(string name, TensorElement element, params ReadOnlySpan<Dimension> shape)
    {
        _inputs.Add(OnnxProto.ValueInfo(name, element, shape));
        return new GraphValue(name);
    }

    /// <summary>Declares a float output. Outputs are returned in the order they were declared.</summary>
    /// <param name="name">Name of the output.</param>
    /// <param name="value">What it is.</param>
    /// <param name="shape">Its shape where it should be checked; nothing leaves it to the operators.</param>
    public void Output(string name, GraphValue value, params ReadOnlySpan<Dimension> shape)
    {
        Emit("Identity", "", [value], [new GraphValue(name)], []);
        _outputs.Add(shape.IsEmpty ? OnnxProto.ValueInfo(name, TensorElement.Float32) : OnnxProto.ValueInfo(name, TensorElement.Float32, shape));
    }

    /// <summary>
    /// A weight as float32, in place: the graph refers to the tensor's bytes inside its file. Half-precision weights are widened when the session opens.
    /// </summary>
    /// <exception cref="TensorFileException">The file has no such tensor.</exception>
    /// <exception cref="ArgumentException">The file lies in another folder than the weights used so far.</exception>
    public GraphValue Weight(TensorFile file, string tensor)
    {
        if (_weights.TryGetValue((file.Path, tensor), out var known))
            return known;
        var entry = file[tensor];
        var path = file.RealPath;
        var folder = Path.GetDirectoryName(path)!;
        _weightsFolder ??= folder;
        if (_weightsFolder != folder)
            throw new ArgumentException($"Weights of one graph must lie in one folder, not in {_weightsFolder} and {folder}.", nameof(file));
        _initializers.Add(OnnxProto.ExternalTensor(Path.GetFileName(path), entry, tensor));
        var weight = new GraphValue(tensor);
        if (entry.Element != TensorElement.Float32)
            weight = Node("Cast", [weight], GraphAttribute.Of("to", (long)TensorElement.Float32));
        _weights[(file.Path, tensor)] = weight;
        return weight;
    }

    /// <summary>A float constant held by the graph itself.</summary>
    public GraphValue Constant(FloatTensor tensor)
    {
        var value = NewValue("Constant");
        _initializers.Add(OnnxProto.Tensor(value.Name, TensorElement.Float32, tensor.Shape, MemoryMarshal.AsBytes(tensor.Span)));
        return value;
    }

    /// <summary>A float scalar.</summary>
    public GraphValue Scalar(float number) => Shared($"scalar {BitConverter.SingleToInt32Bits(number)}", () => Constant(new FloatTensor([number], [])));

    /// <summary>A vector of integers, as shape operators take them.</summary>
    public GraphValue Integers(params long[] numbers) => Shared($"integers {string.Join(' ', numbers)}", () =>
    {
        var value = NewValue("Integers");
        _initializers.Add(OnnxProto.Tensor(value.Name, TensorElement.Int64, [numbers.Length], MemoryMarshal.AsBytes(numbers.AsSpan())));
        return value;
    });

    /// <summary>Any operator of the standard set with one output.</summary>
    public GraphValue Node(string operation, ReadOnlySpan<GraphValue> inputs, params ReadOnlySpan<GraphAttribute> attributes)
    {
        var output = NewValue(operation);
        Emit(operation, "", inputs, [output], attributes);
        return output;
    }

    /// <summary>Any operator of the standard set with several outputs.</summary>
    public GraphValue[] Nodes(string operation, int outputCount, ReadOnlySpan<GraphValue> inputs, params ReadOnlySpan<GraphAttribute> attributes)
    {
        var outputs = new GraphValue[outputCount];
        for (var i = 0; i < outputCount; i++)
            outputs[i] = NewValue(operation);
        Emit(operation, "", inputs, outputs, attributes);
        return outputs;
    }

    /// <summary>Any operator of ONNX Runtime's own set with one output.</summary>
    public GraphValue RuntimeNode(string operation, ReadOnlySpan<GraphValue> inputs, params ReadOnlySpan<GraphAttribute> attributes)
    {
        var output = NewValue(operation);
        Emit(operation, MicrosoftDomain, inputs, [output], attributes);
        return output;
    }

    /// <summary>Serialises the graph. The builder is used up.</summary>
    public NetworkGraph Build()
    {
        var graph = new ProtoMessage();
        foreach (var node in _nodes)
            graph.Message(1, node);
        graph.Text(2, name);
        foreach (var initializer in _initializers)
            graph.Message(5, initializer);
        foreach (var input in _inputs)
            graph.Message(11, input);
        foreach (var output in _outputs)
            graph.Message(12, output);
        return new NetworkGraph(OnnxProto.Model(graph), _weightsFolder);
    }

    private void Emit(string operation, string domain, ReadOnlySpan<GraphValue> inputs, ReadOnlySpan<GraphValue> outputs, ReadOnlySpan<GraphAttribute> attributes) =>
        _nodes.Add(OnnxProto.Node(outputs[0].Name, operation, domain, inputs, outputs, attributes));

    private GraphValue NewValue(string operation) => new($"{operation}#{_next++}");

    private GraphValue Shared(string key, Func<GraphValue> create)
    {
        if (!_constants.TryGetValue(key, out var value))
            _constants[key] = value = create();
        return value;
    }
}
