using System.Net.Http.Json;
using StableVideo.Client.Http;

namespace StableVideo.Client;

/// <summary>
/// Talks to a StableVideo server: a gateway of a cluster, or <c>stablevideo up</c> on a machine. Safe for concurrent use. All methods throw
/// <see cref="StableVideoException"/> for what a server refuses or cannot do; calls that can be repeated are, when a server is away for moments.
/// </summary>
public sealed class StableVideoClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly Connection _connection;

    /// <summary>Talks to a server.</summary>
    /// <param name="server">Its address, such as <c>http://localhost:8080</c>.</param>
    /// <param name="options">Key and patience; <see langword="null"/> for the defaults.</param>
    /// <param name="http">Sends the requests, and stays the caller's; <see langword="null"/> for one of its own.</param>
    /// <exception cref="ArgumentException"><paramref name="server"/> is no http or https address.</exception>
    public StableVideoClient(Uri server, StableVideoClientOptions? options = null, HttpClient? http = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        if (!server.IsAbsoluteUri || server.Scheme is not ("http" or "https"))
            throw new ArgumentException($"'{server}' is not the address of a server. Use one such as http://localhost:8080.", nameof(server));
        (_http, _ownsHttp) = (http ?? new HttpClient { Timeout = Timeout.InfiniteTimeSpan }, http is null);
        Server = new Uri(server.AbsoluteUri.TrimEnd('/') + "/");
        _connection = new Connection(_http, Server, options ?? new StableVideoClientOptions());
        Videos = new VideoClient(_connection);
        Webhooks = new WebhookClient(_connection);
    }

    /// <summary>The server's address.</summary>
    public Uri Server { get; }

    /// <summary>Clips and masks.</summary>
    public VideoClient Videos { get; }

    /// <summary>Addresses that are told what happens to jobs.</summary>
    public WebhookClient Webhooks { get; }

    /// <summary>Submits a job under an id; the same again changes nothing and returns the job as it stands.</summary>
    /// <param name="id">1 to 128 ASCII letters, digits, <c>.</c>, <c>_</c> or <c>-</c>.</param>
    /// <param name="submission">What it is to do.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    public Task<Job> SubmitAsync(string id, JobSubmission submission, CancellationToken cancellationToken = default) => _connection.AskAsync(
        () => new HttpRequestMessage(HttpMethod.Put, JobPath(id)) { Content = JsonContent.Create(submission, WireJson.Default.JobSubmission) },
        WireJson.Default.Job,
        cancellationToken);

    /// <summary>A job as it stands.</summary>
    public Task<Job> GetJobAsync(string id, CancellationToken cancellationToken = default) => _connection.GetAsync(JobPath(id), WireJson.Default.Job, cancellationToken);

    /// <summary>
    /// The job as it stands and what happens to it, until it has ended: each event once and in order, through broken connections and restarted servers.
    /// </summary>
    /// <param name="id">The job.</param>
    /// <param name="after">Number of the last event that is known already.</param>
    /// <param name="cancellationToken">Ends the watch; the job goes on.</param>
    public IAsyncEnumerable<JobUpdate> WatchAsync(string id, long after = 0, CancellationToken cancellationToken = default) =>
        new JobWatch(_connection, $"{JobPath(id)}/events").ReadAsync(after, cancellationToken);

    /// <summary>Events numbered above <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<JobEvent>> GetEventsAsync(string id, long after = 0, CancellationToken cancellationToken = default) =>
        await _connection.GetAsync($"{JobPath(id)}/events?after={after}", WireJson.Default.ListJobEvent, cancellationToken);

    /// <summary>Jobs, latest first; pages are asked for as they are needed.</summary>
    public async IAsyncEnumerable<JobSummary> ListJobsAsync(
        JobFilter? filter = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        filter ??= new JobFilter();
        do
        {
            var query = $"limit={filter.Limit}"
                + (filter.State is { } state ? $"&state={state}" : "")
                + (filter.Video is { } video ? $"&video={Uri.EscapeDataString(video)}" : "")
                + (filter.After is { } after ? $"&after={Uri.EscapeDataString(after)}" : "");
            var page = await _connection.GetAsync($"v1/jobs?{query}", WireJson.Default.PageJobSummary, cancellationToken);
            foreach (var job in page.Items)
                yield return job;
            filter = filter with { After = page.Next };
        }
        while (filter.After is not null);
    }

    /// <summary>Cancels a job unless it has ended.</summary>
    public Task<Job> CancelAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.AskAsync(() => new HttpRequestMessage(HttpMethod.Delete, JobPath(id)), WireJson.Default.Job, cancellationToken);

    /// <summary>Takes a failed or cancelled job up again.</summary>
    public Task<Job> RetryAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.AskAsync(() => new HttpRequestMessage(HttpMethod.Post, $"{JobPath(id)}/retry"), WireJson.Default.Job, cancellationToken);

    /// <summary>What a job left behind so far.</summary>
    public async Task<IReadOnlyList<JobArtifact>> ListArtifactsAsync(string id, CancellationToken cancellationToken = default) =>
        await _connection.GetAsync($"{JobPath(id)}/artifacts", WireJson.Default.ListJobArtifact, cancellationToken);

    /// <summary>
    /// Writes an artifact to a file, whole or not at all: a download that breaks goes on where it was, and its bytes are checked against the artifact's id.
    /// </summary>
    /// <param name="artifact">The artifact.</param>
    /// <param name="path">The file; its folder is made when missing, and a file there is replaced.</param>
    /// <param name="progress">Told how much is there, 0..1.</param>
    /// <param name="cancellationToken">Stops, and leaves nothing.</param>
    public Task DownloadAsync(JobArtifact artifact, string path, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        new Download(_connection, artifact).ToFileAsync(path, progress, cancellationToken);

    /// <summary>What waits, and the silos.</summary>
    public Task<Queue> GetQueueAsync(CancellationToken cancellationToken = default) => _connection.GetAsync("v1/queue", WireJson.Default.Queue, cancellationToken);

    /// <summary>Image models that jobs may name.</summary>
    public async Task<IReadOnlyList<Model>> ListModelsAsync(CancellationToken cancellationToken = default) =>
        await _connection.GetAsync("v1/models", WireJson.Default.ListModel, cancellationToken);

    /// <summary>Keys of the own tenant, without their secrets.</summary>
    public async Task<IReadOnlyList<Key>> ListKeysAsync(CancellationToken cancellationToken = default) =>
        await _connection.GetAsync("v1/keys", WireJson.Default.ListKey, cancellationToken);

    /// <summary>Makes a key. Not repeated when an answer is lost: look at the list and revoke what is not wanted.</summary>
    public async Task<NewKey> CreateKeyAsync(KeyRequest request, CancellationToken cancellationToken = default)
    {
        using var answer = await _connection.SendOnceAsync(new HttpRequestMessage(HttpMethod.Post, "v1/keys") { Content = JsonContent.Create(request, WireJson.Default.KeyRequest) }, cancellationToken);
        return (await answer.Content.ReadFromJsonAsync(WireJson.Default.NewKey, cancellationToken))!;
    }

    /// <summary>Revokes a key.</summary>
    public async Task RevokeKeyAsync(string id, CancellationToken cancellationToken = default)
    {
        using var answer = await _connection.SendAsync(() => new HttpRequestMessage(HttpMethod.Delete, $"v1/keys/{Uri.EscapeDataString(id)}"), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsHttp)
            _http.Dispose();
    }

    private static string JobPath(string id) => $"v1/jobs/{Uri.EscapeDataString(id)}";
}
