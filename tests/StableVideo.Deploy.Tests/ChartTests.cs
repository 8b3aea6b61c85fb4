using k8s.Models;

namespace StableVideo.Tests.Deploy;

/// <summary>What the chart renders, for every way to run it that the values allow.</summary>
public sealed class ChartTests
{
    /// <summary>Values by name: each case of a choice at least once, and some together.</summary>
    public static TheoryData<string, string> Matrix => new()
    {
        { "defaults", "" },
        { "no-keda", "keda.enabled=false" },
        { "prometheus", "keda.source=prometheus,keda.prometheusAddress=http://prometheus.monitoring:9090" },
        { "blob-secret", "store.kind=connectionString,store.connectionString.secret=store" },
        { "workload-identity", "store.kind=workloadIdentity,store.workloadIdentity.address=https://account.blob.core.windows.net/stablevideo,store.workloadIdentity.clientId=0000" },
        { "own-redis", "redis.enabled=false,redis.external.secret=redis" },
        { "ingress", "gateway.ingress.enabled=true,gateway.ingress.className=nginx,gateway.ingress.tlsSecret=tls,gateway.auth.jwt.authority=https://issuer.example.com,gateway.auth.jwt.audience=stablevideo" },
        { "models", "models.enabled=true,models.pull[0].name=sd15,models.pull[0].files[0].path=unet/config.json,models.pull[0].files[0].url=https://example.com/config.json,models.pull[0].files[0].sha256=" + new string('a', 64) },
        { "monitoring", "monitoring.otlpEndpoint=http://otel:4317,monitoring.serviceMonitor.enabled=true,monitoring.prometheusRule.enabled=true,monitoring.dashboards.enabled=true,monitoring.orleansDashboard.enabled=true" },
        { "existing-claims", "store.folder.existingClaim=shared,models.enabled=true,models.existingClaim=models" },
        { "cpu-only", "silos.gpu=null,silos.cpu.role=cpu\\, gpu" },
        { "warm-gpus", "silos.gpu.autoscaling.minReplicas=2,silos.gpu.slots=2,silos.gpu.drainSeconds=300" },
        { "bare", "networkPolicy.enabled=false,podDisruptionBudget.enabled=false,test.enabled=false,gateway.autoscaling.enabled=false,keda.enabled=false" },
        { "named", "nameOverride=video,images.tag=1.2.3,images.pullSecrets[0]=registry,priorityClassName=batch,store.quotaBytes=1000000000000,gateway.webhookNetworks[0]=10.0.0.0/8" },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public void What_is_rendered_is_valid(string name, string values)
    {
        Tools.Helm(["lint", Tools.Chart, "--strict", .. Sets(values)]);
        var manifests = Render(values);

        Assert.True(manifests.Validate() == manifests.Objects.Count, name);
        Assert.Equal(manifests.Objects.Count, manifests.Objects.Select(NameOf).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Pods_keep_the_restricted_standard(string name, string values)
    {
        foreach (var (owner, _, pod) in Render(values).Pods)
        {
            Assert.True(pod.SecurityContext is { RunAsNonRoot: true, RunAsUser: > 0, SeccompProfile.Type: "RuntimeDefault" }, $"{name}: {owner}");
            Assert.False(pod.AutomountServiceAccountToken);
            Assert.True(pod.HostNetwork is null && pod.HostPID is null && pod.HostIPC is null);
            Assert.DoesNotContain(pod.Volumes ?? [], volume => volume.HostPath is not null);
            foreach (var container in pod.Containers)
            {
                Assert.True(container.SecurityContext is { AllowPrivilegeEscalation: false, ReadOnlyRootFilesystem: true }, $"{name}: {owner}");
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.True(container.Resources.Requests.ContainsKey("memory") && container.Resources.Limits.ContainsKey("memory"), $"{name}: {owner} has no limit of memory.");
                Assert.Matches("^[^:]+:[^:]+$", container.Image);
                Assert.DoesNotContain(":latest", container.Image, StringComparison.Ordinal);
                var mounted = (container.VolumeMounts ?? []).Select(mount => mount.Name).ToHashSet();
                Assert.Subset((pod.Volumes ?? []).Select(volume => volume.Name).Append("data").ToHashSet(), mounted);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Silos_have_time_to_hand_back_and_are_asked_how_they_are(string name, string values)
    {
        var silos = Render(values).Of<V1Deployment>().Where(deployment => deployment.Metadata.Labels["app.kubernetes.io/component"] == "silo").ToList();
        Assert.NotEmpty(silos);
        foreach (var silo in silos)
        {
            var (pod, container) = (silo.Spec.Template.Spec, silo.Spec.Template.Spec.Containers.Single());
            var drain = int.Parse(container.Env.Single(variable => variable.Name == "Silo__DrainSeconds").Value, System.Globalization.CultureInfo.InvariantCulture);
            // The host gives itself ten seconds more than it drains.
            Assert.True(pod.TerminationGracePeriodSeconds > drain + 10, name);
            Assert.Equal(["/livez", "/livez", "/readyz"], new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe }.Select(probe => probe.HttpGet.Path));
            Assert.Contains(container.Ports, port => port.Name == "management" && port.ContainerPort == 8081);
            Assert.Equal("status.podIP", container.Env.Single(variable => variable.Name == "Silo__Address").ValueFrom.FieldRef.FieldPath);
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Selectors_find_what_they_mean(string name, string values)
    {
        var manifests = Render(values);
        bool Finds(IDictionary<string, string> selector) => manifests.Pods.Any(pod => selector.All(pair => pod.Metadata.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value));
        Assert.All(manifests.Of<V1Service>(), service => Assert.True(Finds(service.Spec.Selector), $"{name}: {service.Metadata.Name}"));
        Assert.All(manifests.Of<V1PodDisruptionBudget>(), budget => Assert.True(Finds(budget.Spec.Selector.MatchLabels), $"{name}: {budget.Metadata.Name}"));
        Assert.All(manifests.Of<V1NetworkPolicy>(), policy => Assert.True(Finds(policy.Spec.PodSelector.MatchLabels), $"{name}: {policy.Metadata.Name}"));
        var names = manifests.Of<V1Deployment>().Select(deployment => deployment.Metadata.Name).ToHashSet();
        Assert.All(Scaled(manifests), scaled => Assert.Contains(scaled, names));
        Assert.All(manifests.Of<V2HorizontalPodAutoscaler>(), scaler => Assert.Contains(scaler.Spec.ScaleTargetRef.Name, names));
    }

    [Fact]
    public void A_gpu_group_asks_for_its_gpus_and_scales_to_none()
    {
        var manifests = Render("");
        var pod = manifests.Deployment("sv-silo-gpu").Spec.Template.Spec;
        Assert.Equal("1", pod.Containers[0].Resources.Limits["nvidia.com/gpu"].ToString());
        Assert.Equal("stablevideo/silo-gpu:0.1.0", pod.Containers[0].Image);
        Assert.Contains(pod.Tolerations, toleration => toleration.Key == "nvidia.com/gpu");
        Assert.Null(manifests.Deployment("sv-silo-gpu").Spec.Replicas);
        Assert.Contains("http://sv-gateway-management.video.svc:8081/scaling/default/gpu", manifests.Yaml, StringComparison.Ordinal);
        Assert.Contains("minReplicaCount: 0", manifests.Yaml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gatway.replicas=2", "additional properties 'gatway' not allowed")]
    [InlineData("gateway.replicas=0", "at '/gateway/replicas': minimum")]
    [InlineData("silos.gpu.role=tpu", "at '/silos/gpu/role'")]
    [InlineData("silos.gpu.drainSeconds=soon", "at '/silos/gpu/drainSeconds'")]
    [InlineData("store.kind=ftp", "at '/store/kind'")]
    [InlineData("gateway.auth.mode=None", "at '/gateway/auth/mode'")]
    [InlineData("models.pull[0].name=../x,models.pull[0].files[0].path=a,models.pull[0].files[0].url=https://a/b,models.pull[0].files[0].sha256=zz", "at '/models/pull/0/name'")]
    [InlineData("redis.enabled=false", "redis.external.secret must name a secret")]
    [InlineData("store.kind=connectionString", "store.connectionString.secret must name a secret")]
    [InlineData("keda.source=prometheus", "keda.prometheusAddress must be set")]
    [InlineData("gateway.auth.jwt.authority=https://issuer.example.com", "gateway.auth.jwt.audience must be set")]
    public void Values_that_make_no_sense_are_refused_in_words(string values, string words)
    {
        var (code, _, errors) = Tools.Try(Tools.Binary("helm"), ["template", "sv", Tools.Chart, .. Sets(values)]);
        Assert.NotEqual(0, code);
        Assert.Contains(words, errors, StringComparison.Ordinal);
    }

    internal static Manifests Render(string values) => new(Tools.Helm(["template", "sv", Tools.Chart, "--namespace", "video", .. Sets(values)]));

    private static string[] Sets(string values) => values.Length == 0 ? [] : ["--set", values];

    private static string NameOf(object rendered) => rendered switch
    {
        k8s.IKubernetesObject<V1ObjectMeta> known => $"{known.GetType().Name} {known.Metadata.Name}",
        Dictionary<string, object> other => $"{other["kind"]} {((IDictionary<object, object>)other["metadata"])["name"]}",
        _ => $"{rendered}",
    };

    private static IEnumerable<string> Scaled(Manifests manifests) => manifests.Of<Dictionary<string, object>>()
        .Where(other => (string)other["kind"] == "ScaledObject")
        .Select(other => (string)((IDictionary<object, object>)((IDictionary<object, object>)other["spec"])["scaleTargetRef"])["name"]);
}
