using System.Security.Cryptography;
using k8s.Models;
using StableVideo.Tests.Silo;

namespace StableVideo.Tests.Deploy.Cluster;

/// <summary>All pods of a rendered chart as processes, beside a blob service, as a cluster would start them.</summary>
internal sealed class RenderedCluster : IAsyncDisposable
{
    private const string Store = "store";
    private const string Account = "devstoreaccount1";
    private readonly PodNetwork _network;
    private readonly string _blobFolder = Directory.CreateTempSubdirectory("stablevideo-blobs-").FullName;
    private readonly string _accountKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private LoggedProcess? _blobs;

    private RenderedCluster(PodNetwork network, Manifests manifests) => (_network, Manifests) = (network, manifests);

    public Manifests Manifests { get; }

    public List<Pod> Pods { get; } = [];

    public string Connection => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={_accountKey};BlobEndpoint=http://blobs:10000/{Account};";

    public string Output => string.Join("\n\n", Pods.Select(pod => $"== {pod.Name}\n{pod.Output}"));

    /// <summary>Starts everything and waits until all pods are ready.</summary>
    /// <param name="values">Values of the chart; the store is given.</param>
    /// <param name="replicas">How many pods each workload has now; 1 where it is not said.</param>
    public static async Task<RenderedCluster> StartAsync(string values, IReadOnlyDictionary<string, int> replicas)
    {
        var azurite = Path.Combine(Tools.Modules, "node_modules", ".bin", "azurite-blob");
        Assert.SkipUnless(File.Exists("/usr/bin/redis-server"), "Needs redis-server; ./test.sh installs it.");
        var cluster = new RenderedCluster(PodNetwork.Create(), ChartTests.Render($"store.kind=connectionString,store.connectionString.secret={Store},test.enabled=false,{values}"));
        try
        {
            foreach (var (owner, metadata, spec) in cluster.Manifests.Pods)
            {
                for (var i = 0; i < replicas.GetValueOrDefault(owner, 1); i++)
                {
                    var place = cluster._network.Add();
                    cluster.Pods.Add(new Pod($"{owner}-{RandomNumberGenerator.GetHexString(5, lowercase: true)}", spec, place));
                    foreach (var service in cluster.Manifests.Of<V1Service>().Where(service => service.Spec.Selector.All(pair => metadata.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value)))
                    {
                        cluster._network.Name(service.Metadata.Name, place.Address);
                        cluster._network.Name($"{service.Metadata.Name}.video.svc", place.Address);
                    }
                }
            }

            var blobs = cluster._network.Add();
            cluster._network.Name("blobs", blobs.Address);
            cluster._network.Publish();
            cluster._blobs = new LoggedProcess(
                "/usr/sbin/ip", "netns", "exec", blobs.Namespace, "env", $"AZURITE_ACCOUNTS={Account}:{cluster._accountKey}", azurite, "--blobHost", "0.0.0.0", "--blobPort", "10000", "--location", cluster._blobFolder, "--silent", "--skipApiVersionCheck", "--disableTelemetry");
            var secrets = new Dictionary<(string Secret, string Key), string> { [(Store, "connectionString")] = cluster.Connection };
            cluster.Pods.ForEach(pod => pod.Start(secrets));
            foreach (var pod in cluster.Pods)
                await pod.UntilReadyAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public IEnumerable<Pod> PodsOf(string workload) => Pods.Where(pod => pod.Name.StartsWith(workload + "-", StringComparison.Ordinal));

    /// <summary>An address inside of the cluster as this process, which is outside of it, reaches it.</summary>
    public Uri Reach(string url)
    {
        var address = new UriBuilder(url);
        address.Host = _network.AddressOf(address.Host);
        return address.Uri;
    }

    public ValueTask DisposeAsync()
    {
        Pods.ForEach(pod => pod.Dispose());
        _blobs?.Dispose();
        _network.Dispose();
        Directory.Delete(_blobFolder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
