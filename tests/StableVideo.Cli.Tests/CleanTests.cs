using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using StableVideo.Cli.Jobs;
using StableVideo.Cli.Parsing;
using StableVideo.Storage;

namespace StableVideo.Cli.Tests;

public sealed class CleanTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Old_things_go_young_ones_and_those_of_unfinished_jobs_stay()
    {
        using var temporary = new Temporary();
        var (store, old, kept) = await FillAsync(temporary[".stablevideo"]);

        var dry = await Screen.RunAsync("clean", "--work", temporary.Folder, "--dry-run");
        Assert.True(await AllAsync(store, old) && await AllAsync(store, kept));
        var (code, output, error) = await Screen.RunAsync("clean", "--work", temporary[".stablevideo"], "--older-than", "30d");

        Assert.Equal((ExitCode.Done, ""), (code, error));
        Assert.Equal(
            """
            clips and masks: 1 deleted, 2.0 KiB; 0 kept
            results of stages: 1 deleted, 3.0 KiB; 1 kept, 500 bytes
            files of jobs: 0 deleted; 1 kept, 600 bytes
            jobs: 1 deleted; 1 kept
            leftovers: 1 deleted, 1.0 KiB; 1 kept, 400 bytes
            Freed 6.0 KiB of 7.5 KiB.

            """,
            output);
        Assert.Equal(output.Replace(" deleted", " would be deleted", StringComparison.Ordinal).Replace("Freed", "Would free", StringComparison.Ordinal), dry.Out);
        Assert.True(await AllAsync(store, kept));
        foreach (var id in old) Assert.False(await store.ExistsAsync(id, Cancel));
    }

    [Fact]
    public async Task With_json_there_is_one_object_per_kind()
    {
        using var temporary = new Temporary();
        await FillAsync(temporary["s"]);

        var (code, output, _) = await Screen.RunAsync("clean", "--work", temporary["s"], "--json");

        Assert.Equal(ExitCode.Done, code);
        var lines = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["input", "intermediate", "result", "job-record", "unclaimed"], lines.Select(line => line.GetProperty("kind").GetString()));
        Assert.Equal([2048, 3072, 0, 0, 1024], lines.Select(line => line.GetProperty("bytesFreed").GetInt32()));
    }

    [Fact]
    public async Task A_folder_without_a_store_is_refused_and_does_not_become_one()
    {
        using var temporary = new Temporary();

        var (code, _, error) = await Screen.RunAsync("clean", "--work", temporary.Folder);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.StartsWith($"error: There is no store in \"{temporary.Folder}\".", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Folder));
    }

    [Theory]
    [InlineData("30d", 30 * 24 * 60)]
    [InlineData("12h", 12 * 60)]
    [InlineData("90m", 90)]
    [InlineData("0d", 0)]
    public void An_age_has_a_number_and_a_unit(string text, int minutes)
    {
        Assert.True(AgeOption.TryParse(text, out var age));
        Assert.Equal(minutes, age.TotalMinutes, 6);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("d")]
    [InlineData("-1d")]
    [InlineData("1.5d")]
    [InlineData("1w")]
    [InlineData("99999999d")]
    public async Task What_is_no_age_is_named(string text)
    {
        var (code, _, error) = await Screen.RunAsync("clean", "--work", "s", $"--older-than={text}");

        Assert.Equal(ExitCode.BadInput, code);
        Assert.StartsWith($"error: --older-than: \"{text}\" is not an age.", error, StringComparison.Ordinal);
    }

    /// <summary>Forty days ago an edit ended, another was interrupted, and something was left over; today there were a result and an upload.</summary>
    private static async Task<(FolderArtifactStore Store, ArtifactId[] Old, ArtifactId[] Kept)> FillAsync(string folder)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(-40));
        var store = new FolderArtifactStore(folder, new ArtifactStoreOptions { Clock = clock });
        ArtifactId[] old = [await PutAsync(store, 1, 2048), await PutAsync(store, 2, 3072), await PutAsync(store, 3, 1024)];
        var needed = await PutAsync(store, 4, 600);
        await WriteAsync(store, "stages/old", new { artifacts = new { decomposition = old[1] } });
        await WriteAsync(store, "grains/videojob/done/state", new { state = "Completed", endedAt = clock.GetUtcNow(), request = new { video = old[0] } });
        await WriteAsync(store, "grains/videojob/unfinished/state", new { state = "Waiting", request = new { video = needed } });
        clock.Advance(TimeSpan.FromDays(40));
        ArtifactId[] kept = [needed, await PutAsync(store, 5, 500), await PutAsync(store, 6, 400)];
        await WriteAsync(store, "stages/young", new { artifacts = new { decomposition = kept[1] } });
        return (store, old, kept);
    }

    private static Task<ArtifactId> PutAsync(FolderArtifactStore store, byte value, int length) => store.PutBytesAsync(Enumerable.Repeat(value, length).ToArray(), Cancel);

    private static Task<ETag> WriteAsync(FolderArtifactStore store, string name, object value) =>
        store.WriteDocumentAsync(name, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value)), WriteCondition.Any, Cancel);

    private static async Task<bool> AllAsync(FolderArtifactStore store, IEnumerable<ArtifactId> ids)
    {
        foreach (var id in ids)
        {
            if (!await store.ExistsAsync(id, Cancel)) return false;
        }

        return true;
    }
}
