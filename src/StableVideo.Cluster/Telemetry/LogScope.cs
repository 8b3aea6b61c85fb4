using System.Collections;

namespace StableVideo.Cluster;

/// <summary>What every line that is logged during an attempt says beside its own words.</summary>
internal sealed class LogScope(StageTicket ticket, string silo) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] _values =
    [
        new("stablevideo.job.id", ticket.JobId), new("stablevideo.stage", ticket.Stage.ToString()), new("stablevideo.attempt", ticket.Attempt), new("stablevideo.silo", silo),
    ];

    public int Count => _values.Length;

    public KeyValuePair<string, object?> this[int index] => _values[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)_values).GetEnumerator();

    public override string ToString() => $"{ticket} on {silo}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
