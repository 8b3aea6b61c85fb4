namespace StableVideo.Onnx;

/// <summary>The messages of onnx.proto that a graph needs; the numbers are that file's field numbers.</summary>
internal static class OnnxProto
{
    private const int IrVersion = 10;
    private const int OperatorSet = 21;
    private const int MicrosoftOperatorSet = 1;
    private const int ExternalData = 1;

    public static byte[] Model(ProtoMessage graph)
    {
        return new ProtoMessage()
            .Integer(1, IrVersion)
            .Text(2, "stablevideo")
            .Message(7, graph)
            .Message(8, new ProtoMessage().Text(1, "").Integer(2, OperatorSet))
            .Message(8, new ProtoMessage().Text(1, GraphBuilder.MicrosoftDomain).Integer(2, MicrosoftOperatorSet))
            .Written.ToArray();
    }

    public static ProtoMessage Node(
        string name, string operation, string domain, ReadOnlySpan<GraphValue> inputs, ReadOnlySpan<GraphValue> outputs, ReadOnlySpan<GraphAttribute> attributes)
    {
        var node = new ProtoMessage();
        foreach (var input in inputs)
            node.Text(1, input.Name ?? "");
        foreach (var output in outputs)
            node.Text(2, output.Name);
        node.Text(3, name).Text(4, operation);
        foreach (var attribute in attributes)
            node.Message(5, Attribute(attribute));
        return node.Text(7, domain);
    }

    public static ProtoMessage ValueInfo(string name, TensorElement element, ReadOnlySpan<Dimension> shape)
    {
        var dimensions = new ProtoMessage();
        foreach (var dimension in shape)
        {
            dimensions.Message(1, dimension.Symbol is { } symbol
                ? new ProtoMessage().Text(2, symbol)
                : new ProtoMessage().Integer(1, dimension.Length));
        }

        return ValueInfo(name, new ProtoMessage().Integer(1, (int)element).Message(2, dimensions));
    }

    /// <summary>A value of unknown shape.</summary>
    public static ProtoMessage ValueInfo(string name, TensorElement element) => ValueInfo(name, new ProtoMessage().Integer(1, (int)element));

    public static ProtoMessage Tensor(string name, TensorElement element, IEnumerable<int> shape, ReadOnlySpan<byte> bytes) =>
        TensorHeader(name, element, shape).Bytes(9, bytes);

    public static ProtoMessage ExternalTensor(string fileName, TensorEntry entry, string name) =>
        TensorHeader(name, entry.Element, entry.Shape)
            .Message(13, StringPair("location", fileName))
            .Message(13, StringPair("offset", $"{entry.Offset}"))
            .Message(13, StringPair("length", $"{entry.ByteCount}"))
            .Integer(14, ExternalData);

    private static ProtoMessage ValueInfo(string name, ProtoMessage tensorType) =>
        new ProtoMessage().Text(1, name).Message(2, new ProtoMessage().Message(1, tensorType));

    private static ProtoMessage TensorHeader(string name, TensorElement element, IEnumerable<int> shape)
    {
        var tensor = new ProtoMessage();
        foreach (var dimension in shape)
            tensor.Integer(1, dimension);
        return tensor.Integer(2, (int)element).Text(8, name);
    }

    private static ProtoMessage StringPair(string key, string value) => new ProtoMessage().Text(1, key).Text(2, value);

    private static ProtoMessage Attribute(GraphAttribute attribute)
    {
        const int FloatType = 1, IntegerType = 2, TextType = 3, IntegersType = 7;
        var message = new ProtoMessage().Text(1, attribute.Name);
        switch (attribute.Value)
        {
            case float number:
                return message.Float(2, number).Integer(20, FloatType);
            case long integer:
                return message.Integer(3, integer).Integer(20, IntegerType);
            case string text:
                return message.Text(4, text).Integer(20, TextType);
            default:
                foreach (var integer in (long[])attribute.Value)
                    message.Integer(8, integer);
                return message.Integer(20, IntegersType);
        }
    }
}
