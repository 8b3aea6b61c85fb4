namespace StableVideo.Tests.Hosting.Otlp;

/// <summary>One line of a log as it was exported.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Trace">The trace it belongs to; empty: none.</param>
/// <param name="Attributes">What it says beside its words.</param>
internal sealed record LogLine(string Text, string Trace, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>Reads the lines of an <c>ExportLogsServiceRequest</c>.</summary>
    public static IEnumerable<LogLine> ReadAll(ReadOnlyMemory<byte> request) =>
        from resource in WireReader.Messages(request, field: 1)
        from scope in WireReader.Messages(resource, field: 2)
        from line in WireReader.Messages(scope, field: 2)
        select Read(line);

    private static LogLine Read(ReadOnlyMemory<byte> message)
    {
        var (text, trace) = ("", "");
        var fields = new WireReader(message);
        while (fields.Next())
        {
            if (fields.Field == 5)
                text = Span.ReadValue(fields.Bytes);
            else if (fields.Field == 9)
                trace = Convert.ToHexStringLower(fields.Bytes.Span);
        }

        return new LogLine(text, trace, Span.ReadAttributes(message, field: 6));
    }
}
