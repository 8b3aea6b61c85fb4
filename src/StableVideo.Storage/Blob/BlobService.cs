using Azure.Core;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;

namespace StableVideo.Storage;

/// <summary>
/// How a blob service is spoken to: short waits, few repetitions, and a <see cref="StoreUnavailableException"/> after about ten seconds when it is down.
/// </summary>
public static class BlobService
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(9);

    /// <summary>Blocks small enough to be sent within the patience for one answer over a line of 1 MB/s.</summary>
    internal static StorageTransferOptions Transfers => new() { InitialTransferSize = 4 << 20, MaximumTransferSize = 4 << 20, MaximumConcurrency = 2 };

    /// <summary>A container by the connection string of its account.</summary>
    /// <exception cref="FormatException"><paramref name="connectionString"/> is not a connection string.</exception>
    public static BlobContainerClient Container(string connectionString, string name) => new(connectionString, name, Options());

    /// <summary>A container by its address, entered as whoever this process runs as: a workload identity, a managed identity, or what the environment names.</summary>
    public static BlobContainerClient Container(Uri address) => new(address, new DefaultAzureCredential(), Options());

    /// <summary>Options for clients that are made in another way.</summary>
    public static BlobClientOptions Options()
    {
        var options = new BlobClientOptions { RetryPolicy = new BriefRetryPolicy() };
        options.Retry.NetworkTimeout = AnswerPatience;
        options.AddPolicy(new AvailabilityPolicy(), HttpPipelinePosition.PerCall);
        return options;
    }
}
