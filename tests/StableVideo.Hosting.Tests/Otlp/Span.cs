namespace StableVideo.Tests.Hosting.Otlp;

/// <summary>One span as it was exported.</summary>
internal sealed record Span
{
    public required string Trace { get; init; }

    public required string Id { get; init; }

    public required string Parent { get; init; }

    public required string Name { get; init; }

    public required string Service { get; init; }

    public DateTimeOffset Start { get; init; }

    public DateTimeOffset End { get; init; }

    public bool Failed { get; init; }

    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>Ids of the spans it has links to.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>Reads the spans of an <c>ExportTraceServiceRequest</c>.</summary>
    public static IEnumerable<Span> ReadAll(ReadOnlyMemory<byte> request)
    {
        var resources = new WireReader(request);
        while (resources.Next())
        {
            var service = "";
            var parts = new WireReader(resources.Bytes);
            while (parts.Next())
            {
                if (parts.Field == 1)
                    service = ReadAttributes(parts.Bytes, field: 1).GetValueOrDefault("service.name", "");
                if (parts.Field != 2)
                    continue;
                var scope = new WireReader(parts.Bytes);
                while (scope.Next())
                {
                    if (scope.Field == 2)
                        yield return Read(scope.Bytes, service);
                }
            }
        }
    }

    private static Span Read(ReadOnlyMemory<byte> message, string service)
    {
        var (trace, id, parent, name, failed) = ("", "", "", "", false);
        var (start, end) = (default(DateTimeOffset), default(DateTimeOffset));
        var links = new List<string>();
        var fields = new WireReader(message);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1: trace = Convert.ToHexStringLower(fields.Bytes.Span); break;
                case 2: id = Convert.ToHexStringLower(fields.Bytes.Span); break;
                case 4: parent = Convert.ToHexStringLower(fields.Bytes.Span); break;
                case 5: name = fields.Text; break;
                case 7: start = At(fields.Number); break;
                case 8: end = At(fields.Number); break;
                case 13: links.Add(Field(fields.Bytes, 2)); break;
                case 15: failed = Code(fields.Bytes) == 2; break;
            }
        }

        return new Span
        {
            Trace = trace,
            Id = id,
            Parent = parent,
            Name = name,
            Service = service,
            Start = start,
            End = end,
            Failed = failed,
            Links = links,
            Attributes = ReadAttributes(message, field: 9),
        };
    }

    private static DateTimeOffset At(ulong nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks((long)(nanoseconds / 100));

    private static string Field(ReadOnlyMemory<byte> message, int field)
    {
        var fields = new WireReader(message);
        while (fields.Next())
        {
            if (fields.Field == field)
                return Convert.ToHexStringLower(fields.Bytes.Span);
        }

        return "";
    }

    private static ulong Code(ReadOnlyMemory<byte> message)
    {
        var fields = new WireReader(message);
        while (fields.Next())
        {
            if (fields.Field == 3)
                return fields.Number;
        }

        return 0;
    }

    internal static Dictionary<string, string> ReadAttributes(ReadOnlyMemory<byte> message, int field)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        var fields = new WireReader(message);
        while (fields.Next())
        {
            if (fields.Field != field)
                continue;
            var (key, text) = ("", "");
            var pair = new WireReader(fields.Bytes);
            while (pair.Next())
            {
                if (pair.Field == 1)
                    key = pair.Text;
                else if (pair.Field == 2)
                    text = ReadValue(pair.Bytes);
            }

            attributes[key] = text;
        }

        return attributes;
    }

    internal static string ReadValue(ReadOnlyMemory<byte> message)
    {
        var value = new WireReader(message);
        return !value.Next() ? "" : value.Field switch
        {
            1 => value.Text,
            2 => value.Number == 1 ? "true" : "false",
            3 => $"{(long)value.Number}",
            4 => $"{value.Double}",
            _ => "",
        };
    }
}
