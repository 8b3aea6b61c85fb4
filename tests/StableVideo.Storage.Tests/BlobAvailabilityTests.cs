using System.Diagnostics;
using System.Net;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

/// <summary>A blob service that is down, hangs or is overloaded is told from one that was asked something wrong.</summary>
public sealed class BlobAvailabilityTests(Azurite azurite) : IClassFixture<Azurite>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_that_is_killed_is_named_and_the_store_goes_on_when_it_is_back()
    {
        var store = await BlobArtifactStore.OpenAsync(azurite.Container("availability"), cancellationToken: Cancel);
        var content = new byte[6_000_000];
        var id = await store.PutBytesAsync(content, Cancel);
        await using var open = await store.OpenReadAsync(id, Cancel);
        await open.ReadExactlyAsync(new byte[1000], Cancel);
        // The emulator writes its tables down every five seconds.
        await Task.Delay(TimeSpan.FromSeconds(7), Cancel);
        azurite.Kill();

        await Task.WhenAll(Calls(store, id).Append(() => open.ReadExactlyAsync(new byte[5_000_000], Cancel).AsTask()).Select(async call =>
        {
            var start = Stopwatch.GetTimestamp();
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(call);
            Assert.StartsWith($"Blob storage at {azurite.Address} does not answer: ", failure.Message, StringComparison.Ordinal);
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(12), $"{Stopwatch.GetElapsedTime(start)}");
        }));

        Assert.True(await azurite.StartAsync());
        Assert.True(await store.TouchAsync(id, Cancel));
        using var local = await store.MaterializeAsync(id, ".bin", Cancel);
        Assert.Equal(content, await File.ReadAllBytesAsync(local.Path, Cancel));
        await store.WriteDocumentAsync("a", new byte[1], WriteCondition.Any, Cancel);
    }

    [Fact]
    public async Task A_service_that_accepts_and_does_not_answer_is_given_up_in_time()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Holds a process with a signal.");
        var store = await BlobArtifactStore.OpenAsync(azurite.Container("availability"), cancellationToken: Cancel);
        azurite.Signal("STOP");
        try
        {
            var start = Stopwatch.GetTimestamp();
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadDocumentAsync("a", Cancel));
            Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(14));
            Assert.Contains(azurite.Address, failure.Message, StringComparison.Ordinal);

            using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.ReadDocumentAsync("a", impatient.Token));
        }
        finally
        {
            azurite.Signal("CONT");
        }

        Assert.Null(await store.ReadDocumentAsync("absent", Cancel));
    }

    [Fact]
    public async Task A_service_that_was_never_there_is_named()
    {
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => BlobArtifactStore.OpenAsync(
                BlobService.Container("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=QUJD;BlobEndpoint=http://127.0.0.1:1/a;", "c"), cancellationToken: Cancel));

        Assert.Equal("Blob storage at 127.0.0.1:1", failure.Store);
    }

    [Theory]
    [InlineData(503, "is busy: it answers 503")]
    [InlineData(429, "is busy: it answers 429")]
    [InlineData(500, "does not work: it answers 500")]
    [InlineData(507, "is full: it answers 507")]
    public async Task Throttling_and_errors_of_the_service_are_told_apart_and_long_requested_waits_are_not_waited(int status, string complaint)
    {
        using var handler = new Answering((HttpStatusCode)status);
        var store = new BlobArtifactStore(Client(handler));

        var start = Stopwatch.GetTimestamp();
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadDocumentAsync("a", Cancel));

        Assert.StartsWith($"Blob storage at storage.example:80 {complaint}", failure.Message, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    public async Task What_is_wrong_with_the_request_is_no_reason_to_wait(int status)
    {
        using var handler = new Answering((HttpStatusCode)status);

        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => new BlobArtifactStore(Client(handler)).ReadDocumentAsync("a", Cancel));
    }

    [Fact]
    public async Task A_short_hiccup_is_not_noticed()
    {
        using var handler = new Answering(HttpStatusCode.ServiceUnavailable) { RetryAfter = 0, Hiccups = 2 };

        Assert.Null(await new BlobArtifactStore(Client(handler)).ReadDocumentAsync("a", Cancel));
        Assert.Equal(3, handler.Requests);
    }

    private static IEnumerable<Func<Task>> Calls(BlobArtifactStore store, ArtifactId id) =>
    [
        () => store.PutBytesAsync(new byte[10], Cancel),
        () => store.PutAsync(new MemoryStream(new byte[10]), Cancel),
        () => store.ExistsAsync(id, Cancel),
        () => store.TouchAsync(id, Cancel),
        () => store.OpenReadAsync(id, Cancel),
        () => store.MaterializeAsync(id, ".bin", Cancel),
        () => store.ReadDocumentAsync("a", Cancel),
        () => store.WriteDocumentAsync("a", new byte[10], WriteCondition.Any, Cancel),
        () => store.DeleteDocumentAsync("a", WriteCondition.Any, Cancel),
        () => store.ListDocumentsAsync("", Cancel).ToListAsync(Cancel).AsTask(),
        () => store.ListArtifactsAsync(Cancel).ToListAsync(Cancel).AsTask(),
    ];

    private static BlobContainerClient Client(HttpMessageHandler handler)
    {
        var options = BlobService.Options();
        options.Transport = new HttpClientTransport(handler);
        return new BlobContainerClient("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=QUJD;BlobEndpoint=http://storage.example/a;", "c", options);
    }

    /// <summary>Answers every request with one status; after some hiccups, that nothing is there.</summary>
    private sealed class Answering(HttpStatusCode status) : HttpMessageHandler
    {
        public int RetryAfter { get; init; } = 600;

        public int Hiccups { get; init; } = int.MaxValue;

        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = new HttpResponseMessage(++Requests > Hiccups ? HttpStatusCode.NotFound : status) { Content = new ByteArrayContent([]) };
            answer.Headers.Add("Retry-After", $"{RetryAfter}");
            return Task.FromResult(answer);
        }
    }
}
