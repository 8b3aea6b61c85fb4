using System.Text.Encodings.Web;
using System.Text.Json;

namespace StableVideo.Cli.Progress;

/// <summary>One JSON object per event and line, for machines.</summary>
public sealed class JsonLines(TextWriter output) : IJobDisplay
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line of one event, without its line end.</summary>
    public static string Line(ProgressEvent progressEvent) => JsonSerializer.Serialize(progressEvent, Format);

    /// <inheritdoc/>
    public void Show(ProgressEvent progressEvent)
    {
        output.WriteLine(Line(progressEvent));
        output.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
