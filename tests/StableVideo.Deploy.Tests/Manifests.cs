using System.Text.Json;
using k8s;
using k8s.Models;

namespace StableVideo.Tests.Deploy;

/// <summary>Objects that were rendered, as typed objects.</summary>
internal sealed class Manifests
{
    private static readonly Dictionary<string, Type> Kinds = new()
    {
        ["v1/ConfigMap"] = typeof(V1ConfigMap),
        ["v1/PersistentVolumeClaim"] = typeof(V1PersistentVolumeClaim),
        ["v1/Pod"] = typeof(V1Pod),
        ["v1/Service"] = typeof(V1Service),
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["v1/Namespace"] = typeof(V1Namespace),
        ["apps/v1/Deployment"] = typeof(V1Deployment),
        ["apps/v1/StatefulSet"] = typeof(V1StatefulSet),
        ["autoscaling/v2/HorizontalPodAutoscaler"] = typeof(V2HorizontalPodAutoscaler),
        ["batch/v1/Job"] = typeof(V1Job),
        ["networking.k8s.io/v1/Ingress"] = typeof(V1Ingress),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy),
        ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
        // Of others' making: their schemas are looked at apart.
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(Dictionary<string, object>),
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(Dictionary<string, object>),
        ["monitoring.coreos.com/v1/PrometheusRule"] = typeof(Dictionary<string, object>),
    };

    public Manifests(string yaml)
    {
        Yaml = yaml;
        // Strict: a field that Kubernetes does not know is an error.
        Objects = KubernetesYaml.LoadAllFromString(yaml, Kinds, strict: true);
    }

    public string Yaml { get; }

    public IReadOnlyList<object> Objects { get; }

    /// <summary>All pods, by what makes them.</summary>
    public IReadOnlyList<(string Owner, V1ObjectMeta Metadata, V1PodSpec Spec)> Pods =>
    [
        .. Of<V1Deployment>().Select(owner => (owner.Metadata.Name, owner.Spec.Template.Metadata, owner.Spec.Template.Spec)),
        .. Of<V1StatefulSet>().Select(owner => (owner.Metadata.Name, owner.Spec.Template.Metadata, owner.Spec.Template.Spec)),
        .. Of<V1Job>().Select(owner => (owner.Metadata.Name, owner.Spec.Template.Metadata, owner.Spec.Template.Spec)),
        .. Of<V1Pod>().Select(owner => (owner.Metadata.Name, owner.Metadata, owner.Spec)),
    ];

    public IEnumerable<T> Of<T>() => Objects.OfType<T>();

    public V1Deployment Deployment(string name) => Of<V1Deployment>().Single(deployment => deployment.Metadata.Name == name);

    /// <summary>What the JSON schemas of all kinds say; returns how many objects are valid.</summary>
    public int Validate()
    {
        var output = Tools.Run("node", [Path.Combine(AppContext.BaseDirectory, "validate.mjs"), Tools.Modules], Yaml);
        var report = JsonSerializer.Deserialize<JsonElement>(output);
        Assert.Empty(report.GetProperty("errors").EnumerateArray().Select(error => error.GetString()!));
        return report.GetProperty("valid").GetInt32();
    }
}
