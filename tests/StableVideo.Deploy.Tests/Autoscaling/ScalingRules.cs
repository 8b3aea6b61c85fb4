using System.Globalization;

namespace StableVideo.Tests.Deploy.Autoscaling;

/// <summary>What a ScaledObject of the chart says, times in seconds.</summary>
internal sealed record ScalingRules
{
    public int MinReplicas { get; init; }

    public int MaxReplicas { get; init; }

    public int Polling { get; init; }

    public int Cooldown { get; init; }

    public int Target { get; init; }

    public int UpPercent { get; init; }

    public int UpPods { get; init; }

    public int UpPeriod { get; init; }

    public int DownStabilization { get; init; }

    public int DownPods { get; init; }

    public int DownPeriod { get; init; }

    /// <summary>Reads a rendered object.</summary>
    public static ScalingRules Of(Manifests manifests, string name)
    {
        var spec = Map(manifests.Of<Dictionary<string, object>>().Single(other => (string)other["kind"] == "ScaledObject" && (string)Map(other["metadata"])["name"] == name)["spec"]);
        var behavior = Map(Map(Map(spec["advanced"])["horizontalPodAutoscalerConfig"])["behavior"]);
        var (up, down) = (Map(behavior["scaleUp"]), Map(behavior["scaleDown"]));
        var policies = ((IList<object>)up["policies"]).Select(Map).ToDictionary(policy => (string)policy["type"]);
        var shrink = Map(((IList<object>)down["policies"]).Single());
        return new ScalingRules
        {
            MinReplicas = Number(spec["minReplicaCount"]),
            MaxReplicas = Number(spec["maxReplicaCount"]),
            Polling = Number(spec["pollingInterval"]),
            Cooldown = Number(spec["cooldownPeriod"]),
            Target = Number(Map(Map(((IList<object>)spec["triggers"]).Single())["metadata"])["targetValue"]),
            UpPercent = Number(policies["Percent"]["value"]),
            UpPods = Number(policies["Pods"]["value"]),
            UpPeriod = Number(policies["Pods"]["periodSeconds"]),
            DownStabilization = Number(down["stabilizationWindowSeconds"]),
            DownPods = Number(shrink["value"]),
            DownPeriod = Number(shrink["periodSeconds"]),
        };
    }

    private static IDictionary<string, object> Map(object node) => node is IDictionary<object, object> map ? map.ToDictionary(pair => (string)pair.Key, pair => pair.Value) : (IDictionary<string, object>)node;

    private static int Number(object node) => Convert.ToInt32(node, CultureInfo.InvariantCulture);
}
