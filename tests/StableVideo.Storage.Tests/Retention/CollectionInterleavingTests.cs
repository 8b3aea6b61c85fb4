using CsCheck;
using Microsoft.Extensions.Time.Testing;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

/// <summary>Jobs and collectors take turns call by call, in every order that chance finds, are killed anywhere, and the clock jumps.</summary>
public sealed class CollectionInterleavingTests
{
    private const long Plays = 400;

    private static readonly RetentionPolicy Policy = new()
    {
        Inputs = TimeSpan.FromHours(3),
        Intermediates = TimeSpan.FromHours(2),
        Results = TimeSpan.FromHours(4),
        JobRecords = TimeSpan.FromHours(6),
        Unclaimed = TimeSpan.FromHours(2),
    };

    [Fact]
    public void No_live_job_misses_an_artifact_and_nothing_is_left_in_the_end()
    {
        var sum = new Tally();
        Gen.Int[0, 1 << 30].Array[50, 600].Sample(choices => PlayAsync(choices, sum).GetAwaiter().GetResult(), iter: Plays, threads: 1);

        // Interleavings in which nothing of interest happens would prove nothing.
        Assert.True(sum.Deleted > 10 * Plays && sum.Adoptions > 2 * Plays && sum.Retries > Plays && sum.Kills > Plays && sum.Lost > Plays / 10, $"{sum}");
    }

    private static async Task PlayAsync(int[] choices, Tally sum)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var options = new ArtifactStoreOptions { Clock = clock };
        var stores = new SomeStores(new Dictionary<string, IArtifactStore>
        {
            [TenantName.Default] = new MemoryArtifactStore(options),
            ["acme"] = new MemoryArtifactStore(options),
        });
        var naming = new Naming(clock);
        PlayedJob[] jobs =
        [
            new("a", TenantName.Default, 1, false, naming), new("b", TenantName.Default, 1, true, naming), new("c", TenantName.Default, 2, true, naming),
            new("d", "acme", 1, false, naming), new("e", "acme", 1, true, naming),
        ];
        var roles = jobs.Select(job => (Func<Actor, Task>)(actor => job.PlayAsync(stores.SeenBy(actor))))
            .Concat(Enumerable.Repeat<Func<Actor, Task>>(actor => CollectAsync(stores.SeenBy(actor), clock, sum), 2))
            .ToArray();
        var actors = roles.Select((role, index) => Actor.Start($"{index}", role)).ToArray();

        foreach (var choice in choices)
        {
            // Whole runs of one actor between two calls of another are as telling as calls that alternate, above all while the other is about to delete.
            var (what, which, how) = (choice % 100, choice / 100 % actors.Length, choice / 100 / actors.Length);
            var steps = what < 40 ? 1 : what < 70 ? 1 + (how / 40 % 60) : 0;
            for (var step = 0; step < steps && !(step > 0 && actors[which].IsAboutToDelete); step++)
                await StepAsync(which, kill: step == 0 && how % 40 == 0);
            if (steps == 0)
                Advance(TimeSpan.FromMinutes(how % (what < 95 ? 60 : 600)));
            await CheckAsync(jobs, stores, clock);
        }

        // The collectors end what they are at, jobs that have not ended go on to their end, and time passes.
        for (var index = actors.Length - 1; index >= 0; index--)
        {
            while (actors[index].IsWaiting)
                await StepAsync(index, kill: false);
            await actors[index].Play;
        }

        foreach (var job in jobs)
        {
            if (await stores.System.ReadDocumentAsync(job.Document) is { } document && PlayedJob.Read(document).EndedAt is null)
                await job.PlayAsync(stores);
        }

        clock.Advance(TimeSpan.FromDays(1));
        await CollectAsync(stores, clock, sum);
        sum.Adoptions += naming.Adoptions;
        foreach (var tenant in await stores.ListAsync().ToListAsync())
        {
            Assert.Empty(await stores.For(tenant).ListArtifactsAsync().ToListAsync());
            Assert.Empty(await stores.For(tenant).ListDocumentsAsync("").ToListAsync());
        }

        async Task StepAsync(int which, bool kill)
        {
            if (actors[which].IsWaiting)
            {
                sum.Kills += kill ? 1 : 0;
                await actors[which].GoOnAsync(kill);
                if (actors[which].Play.IsFaulted)
                    await actors[which].Play;
                return;
            }

            if (which < jobs.Length)
            {
                var record = await stores.System.ReadDocumentAsync(jobs[which].Document);
                sum.Retries += record is not null && PlayedJob.Read(record).EndedAt is not null ? 1 : 0;
                sum.Lost += record is null ? 1 : 0;
            }

            actors[which] = Actor.Start($"{which}", roles[which]);
        }

        void Advance(TimeSpan time) => clock.Advance(time < naming.TimeLeft ? time : naming.TimeLeft);
    }

    private static async Task CollectAsync(ITenantStores stores, TimeProvider clock, Tally sum)
    {
        var report = await new ArtifactCollector(stores, [new PlayedClaims(Policy)], Policy, clock).CollectAsync();
        sum.Deleted += report.Total.ArtifactsDeleted;
    }

    private static async Task CheckAsync(PlayedJob[] jobs, SomeStores stores, TimeProvider clock)
    {
        foreach (var job in jobs)
        {
            if (await stores.System.ReadDocumentAsync(job.Document) is not { } document)
                continue;
            var record = PlayedJob.Read(document);
            var needed = record.EndedAt is not { } end ? record.Artifacts
                : clock.GetUtcNow() <= end + Policy.Intermediates ? record.Artifacts
                : clock.GetUtcNow() <= end + Policy.Inputs ? [record.Input]
                : [];
            foreach (var id in needed)
                Assert.True(await stores.For(job.Tenant).ExistsAsync(id), $"{job.Document} (ended: {record.EndedAt}) misses {id}.");
        }
    }

    /// <summary>What happened in all plays together.</summary>
    private sealed record Tally
    {
        public long Deleted { get; set; }

        public long Adoptions { get; set; }

        public long Retries { get; set; }

        public long Kills { get; set; }

        /// <summary>Jobs that were submitted anew under a name whose record had been collected, and those submitted first.</summary>
        public long Lost { get; set; }
    }
}
