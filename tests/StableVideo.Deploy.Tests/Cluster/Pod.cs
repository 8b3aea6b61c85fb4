using System.Diagnostics;
using k8s.Models;
using StableVideo.Tests.Silo;

namespace StableVideo.Tests.Deploy.Cluster;

/// <summary>One pod of a rendered chart as a process: its environment, arguments, ports, probes and times, in a network namespace of its own.</summary>
internal sealed class Pod : IDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(8) };
    private readonly V1PodSpec _spec;
    private readonly V1Container _container;
    private readonly string _namespace;
    private readonly string _data = Directory.CreateTempSubdirectory("stablevideo-pod-").FullName;
    private LoggedProcess? _process;

    /// <param name="name">Name of the pod.</param>
    /// <param name="spec">What was rendered.</param>
    /// <param name="place">Its namespace and address.</param>
    public Pod(string name, V1PodSpec spec, (string Namespace, string Address) place) =>
        (Name, _spec, _container, _namespace, Address) = (name, spec, spec.Containers.Single(), place.Namespace, place.Address);

    public string Name { get; }

    public string Address { get; }

    public string Output => _process?.Output ?? "";

    public bool HasExited => _process!.HasExited;

    public TimeSpan Grace => TimeSpan.FromSeconds(_spec.TerminationGracePeriodSeconds ?? 30);

    /// <summary>Starts it.</summary>
    /// <param name="secrets">Values of secrets by name and key.</param>
    public void Start(IReadOnlyDictionary<(string Secret, string Key), string> secrets) =>
        _process = new LoggedProcess("/usr/sbin/ip", ["netns", "exec", _namespace, "env", "-i", $"PATH={Environment.GetEnvironmentVariable("PATH")}", "HOME=/tmp", .. Variables(secrets), .. Command()]);

    /// <summary>Runs another program of its image in it, as <c>kubectl exec</c> does; returns what it prints.</summary>
    public string Execute(params string[] command) => Tools.Run("/usr/sbin/ip", ["netns", "exec", _namespace, .. command]);

    /// <summary>Waits until it is ready, as the kubelet sees it.</summary>
    public async Task UntilReadyAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync(cancellationToken))
        {
            Assert.False(HasExited, $"{Name} ended:\n{Output}");
            Assert.True(Stopwatch.GetElapsedTime(start) < patience, $"{Name} was not ready in {patience}:\n{Output}");
            await Task.Delay(200, cancellationToken);
        }
    }

    /// <summary>Asks its readiness probe.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        var probe = _container.ReadinessProbe;
        try
        {
            if (probe.TcpSocket is { } socket)
            {
                using var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync(Address, PortOf(socket.Port), cancellationToken);
                return true;
            }

            using var answer = await Http.GetAsync($"http://{Address}:{PortOf(probe.HttpGet.Port)}{probe.HttpGet.Path}", cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or System.Net.Sockets.SocketException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Ends it as a Deployment does: asks, and after its grace period kills. Returns how long it took, and whether it had to be killed.</summary>
    public async Task<(TimeSpan Took, bool Killed)> ScaleAwayAsync()
    {
        try
        {
            return (await _process!.TerminateAsync(Grace), false);
        }
        catch (TimeoutException)
        {
            await _process!.KillAsync();
            return (Grace, true);
        }
    }

    public void Dispose()
    {
        _process?.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private int PortOf(IntOrString port) => int.TryParse(port, out var number) ? number : _container.Ports.Single(named => named.Name == (string)port).ContainerPort;

    private IEnumerable<string> Variables(IReadOnlyDictionary<(string Secret, string Key), string> secrets) => (_container.Env ?? []).Select(variable => $"{variable.Name}={variable switch
    {
        { ValueFrom.FieldRef.FieldPath: "metadata.name" } => Name,
        { ValueFrom.FieldRef.FieldPath: "status.podIP" } => Address,
        { ValueFrom.SecretKeyRef: { } secret } => secrets[(secret.Name, secret.Key)],
        { ValueFrom: null } => variable.Value,
        _ => throw new NotSupportedException($"{variable.Name} comes from elsewhere."),
    }}");

    /// <summary>The entry point of the image, which its Dockerfile names, or the arguments of an image that is not ours.</summary>
    private IEnumerable<string> Command() => _container.Image.Split(':')[0].Split('/')[^1] switch
    {
        "gateway" => ["dotnet", BuiltHost.PathOf("StableVideo.Gateway")],
        "silo-cpu" or "silo-gpu" => ["dotnet", BuiltHost.PathOf("StableVideo.Silo")],
        // The volume is a folder here.
        "redis" => _container.Args.Select(argument => argument == "/data" ? _data : argument),
        var other => throw new NotSupportedException($"What {other} runs is not known."),
    };
}
