using System.Text;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Tests.Cluster;

/// <summary>What the records of jobs keep from collection.</summary>
public sealed class JobClaimsTests
{
    private static readonly RetentionPolicy Policy = new() { Inputs = TimeSpan.FromDays(1), Intermediates = TimeSpan.FromDays(2), Results = TimeSpan.FromDays(3), JobRecords = TimeSpan.FromDays(4) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_record_of_a_job_is_understood_while_it_runs_and_when_it_has_ended()
    {
        using var work = new WorkFolder();
        var hold = new TaskCompletionSource();
        var executor = new FakeExecutor(work.Store).On(StageKind.Compose, _ => hold.Task);
        await using var cluster = await work.StartAsync(executor);
        await cluster.SubmitAsync("job", WorkFolder.Inputs(), Cancel);
        await cluster.UntilAsync("job", status => status[JobStage.Compose].State == StageState.Running);

        var running = await ClaimsAsync(work.Store);
        hold.SetResult();
        var status = await cluster.EndAsync("job");
        var ended = await ClaimsAsync(work.Store);

        var clip = ArtifactId.Of("clip"u8);
        var video = Output(StageKind.Compose);
        HashSet<ArtifactId> others = [.. StageGraph.All.Except([StageKind.Compose]).Select(Output)];
        Assert.Null(running.Until);
        Assert.All(running.Claims, claim => Assert.Null(claim.Until));
        Assert.Superset(others.Append(clip).ToHashSet(), running.Claims.SelectMany(claim => claim.Artifacts).ToHashSet());

        var end = status.EndedAt!.Value;
        Assert.Equal((RetentionKind.JobRecord, end.AddDays(4)), (ended.Kind, ended.Until));
        Assert.Equal(
            [(RetentionKind.Input, end.AddDays(1)), (RetentionKind.Intermediate, end.AddDays(2)), (RetentionKind.Result, end.AddDays(3))],
            ended.Claims.OrderBy(claim => claim.Kind).Select(claim => (claim.Kind, claim.Until)));
        Assert.Equal([clip], Artifacts(ended, RetentionKind.Input));
        Assert.Equal(others, Artifacts(ended, RetentionKind.Intermediate));
        Assert.Equal([video], Artifacts(ended, RetentionKind.Result));
    }

    [Theory]
    [InlineData("""{"state":"Paused","endedAt":"2030-01-01T00:00:00Z","request":{"video":"ID"}}""")]
    [InlineData("""{"state":"Completed","endedAt":null,"request":{"video":"ID"}}""")]
    [InlineData("""{"state":"Completed","request":{"video":"ID"}}""")]
    [InlineData("""{"state":7,"endedAt":"2030-01-01T00:00:00Z","new":[{"deep":{"ID":1}}]}""")]
    [InlineData("""["ID"]""")]
    public void What_is_not_known_to_have_ended_is_kept(string json)
    {
        var id = ArtifactId.Of("x"u8);

        var claims = Read(json.Replace("ID", id.Value, StringComparison.Ordinal));

        Assert.Null(claims.Until);
        Assert.Contains(claims.Claims, claim => claim.Until is null && claim.Artifacts.Contains(id));
    }

    [Fact]
    public void What_an_ended_job_names_in_an_unknown_place_is_kept_with_its_results()
    {
        var id = ArtifactId.Of("x"u8);

        var claims = Read($$$"""{"state":"Failed","endedAt":"2030-01-01T00:00:00Z","later":{"name":"{{{id}}}"}}""");

        Assert.Equal([id], Artifacts(claims, RetentionKind.Result));
    }

    private static ArtifactId Output(StageKind stage) => ArtifactId.Of(Encoding.UTF8.GetBytes($"{stage}"));

    private static HashSet<ArtifactId> Artifacts(DocumentClaims claims, RetentionKind kind) => [.. claims.Claims.Single(claim => claim.Kind == kind).Artifacts];

    private static DocumentClaims Read(string json) =>
        new JobClaims(Policy).Read(new NamedDocument("grains/videojob/a/state", Encoding.UTF8.GetBytes(json), new ETag("1"), DateTimeOffset.UnixEpoch));

    private static async Task<DocumentClaims> ClaimsAsync(FolderArtifactStore store)
    {
        var reader = new JobClaims(Policy);
        var name = Assert.Single(await store.ListDocumentsAsync(reader.Prefix, Cancel).ToListAsync(Cancel));
        return reader.Read((await store.ReadDocumentAsync(name, Cancel))!);
    }
}
