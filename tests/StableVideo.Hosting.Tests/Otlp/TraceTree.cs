using System.Globalization;
using System.Text;

namespace StableVideo.Tests.Hosting.Otlp;

/// <summary>Prints a trace for people.</summary>
internal static class TraceTree
{
    public static string Print(IReadOnlyList<Span> spans)
    {
        var text = new StringBuilder();
        var ids = spans.Select(span => span.Id).ToHashSet();
        var start = spans.Min(span => span.Start);
        foreach (var root in spans.Where(span => !ids.Contains(span.Parent)).OrderBy(span => span.Start))
            Print(root, 0);
        return text.ToString();

        void Print(Span span, int depth)
        {
            var name = $"{new string(' ', depth * 2)}{span.Name}";
            var facts = string.Join(' ', new[] { "stablevideo.attempt", "stablevideo.frame", "stablevideo.silo", "http.response.status_code", "stablevideo.job.state" }
                .Where(span.Attributes.ContainsKey).Select(key => $"{key[(key.LastIndexOf('.') + 1)..]}={span.Attributes[key]}"));
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-52} {(span.Start - start).TotalSeconds,7:0.000} s {(span.End - span.Start).TotalSeconds,8:0.000} s  {span.Service["stablevideo-".Length..],-8}{facts}");
            text.Append(line.TrimEnd()).Append('\n');
            foreach (var child in spans.Where(other => other.Parent == span.Id).OrderBy(other => other.Start))
                Print(child, depth + 1);
        }
    }
}
