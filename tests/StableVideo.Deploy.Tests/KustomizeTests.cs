using k8s.Models;

namespace StableVideo.Tests.Deploy;

/// <summary>The plain manifests are the chart's, and their overlays are valid.</summary>
public sealed class KustomizeTests
{
    [Fact]
    public void The_manifests_are_what_the_chart_renders()
    {
        var folder = Directory.CreateTempSubdirectory("stablevideo-k8s-").FullName;
        try
        {
            var (code, output, errors) = Tools.Try("env", [$"HELM={Tools.Binary("helm")}", Path.Combine(Tools.Root, "scripts", "render-k8s.sh"), folder]);
            Assert.True(code == 0, output + errors);
            foreach (var file in new[] { "base/stablevideo.yaml", "overlays/prod/scaledobjects.yaml" })
                Assert.True(File.ReadAllText(Path.Combine(folder, file)) == File.ReadAllText(Path.Combine(Tools.Root, "k8s", file)), $"k8s/{file} is not what the chart renders: run scripts/render-k8s.sh.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_overlay_for_one_machine_needs_no_GPU()
    {
        var manifests = Build("dev");
        Assert.Equal(["stablevideo-gateway", "stablevideo-silo-cpu"], manifests.Of<V1Deployment>().Select(deployment => deployment.Metadata.Name).Order());
        var silo = manifests.Deployment("stablevideo-silo-cpu").Spec.Template.Spec.Containers.Single();
        Assert.Equal("cpu, gpu", silo.Env.Single(variable => variable.Name == "Silo__Role").Value);
        Assert.Contains(silo.Env, variable => variable.Name == "Silo__Address");
        Assert.DoesNotContain("nvidia.com/gpu", manifests.Yaml, StringComparison.Ordinal);
        Assert.Empty(manifests.Of<V2HorizontalPodAutoscaler>());
    }

    [Fact]
    public void The_overlay_for_many_leaves_the_number_of_silos_to_KEDA()
    {
        var manifests = Build("prod");
        Assert.Equal(2, manifests.Of<Dictionary<string, object>>().Count(other => (string)other["kind"] == "ScaledObject"));
        Assert.All(manifests.Of<V1Deployment>(), deployment => Assert.Null(deployment.Spec.Replicas));
    }

    private static Manifests Build(string overlay)
    {
        var manifests = new Manifests(Tools.Kubectl("kustomize", Path.Combine(Tools.Root, "k8s", "overlays", overlay)));
        Assert.Equal(manifests.Objects.Count, manifests.Validate());
        Assert.All(manifests.Objects.OfType<k8s.IKubernetesObject<V1ObjectMeta>>().Where(rendered => rendered is not V1Namespace), rendered => Assert.Equal("stablevideo", rendered.Metadata.NamespaceProperty));
        return manifests;
    }
}
