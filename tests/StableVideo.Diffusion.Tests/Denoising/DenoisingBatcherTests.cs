using StableVideo.Onnx;

namespace StableVideo.Diffusion.Tests.Denoising;

/// <summary>Who runs with whom, and what a cancelled or failing picture does to the others: with a denoiser that does as it is told.</summary>
public sealed class DenoisingBatcherTests : IDisposable
{
    private static readonly NoiseSchedule Schedule =
        NoiseSchedule.Open(Path.Combine(new ModelCatalogue().Resolve(ModelCatalogue.Embedded), "scheduler"));

    private readonly ManualResetEventSlim _firstStepRuns = new();
    private readonly ManualResetEventSlim _firstStepMayEnd = new();

    public void Dispose()
    {
        _firstStepRuns.Dispose();
        _firstStepMayEnd.Dispose();
    }

    [Fact]
    public async Task Newcomers_join_at_the_next_step_and_leave_when_they_are_done()
    {
        var denoiser = HeldInFirstStep();
        var batcher = new DenoisingBatcher(4);

        var paintings = await Join(batcher, denoiser, ('A', 3), ('B', 1), ('C', 2));
        _firstStepMayEnd.Set();
        await Finished(paintings);

        Assert.Equal(["A", "ABC", "AC"], denoiser.Batches);
        Assert.All(paintings, AssertAsAlone);
        Assert.Equal(0, batcher.Pictures);
    }

    [Fact]
    public async Task A_batch_has_at_most_so_many_pictures_and_those_who_came_first_go_first()
    {
        var denoiser = HeldInFirstStep();

        var paintings = await Join(new DenoisingBatcher(2), denoiser, ('A', 2), ('B', 2), ('C', 2), ('D', 1));
        _firstStepMayEnd.Set();
        await Finished(paintings);

        Assert.Equal(["A", "AB", "BC", "CD"], denoiser.Batches);
        Assert.All(paintings, AssertAsAlone);
    }

    [Fact]
    public async Task A_maximum_of_one_paints_one_picture_after_the_other()
    {
        var denoiser = HeldInFirstStep();

        var paintings = await Join(new DenoisingBatcher(1), denoiser, ('A', 2), ('B', 2));
        _firstStepMayEnd.Set();
        await Finished(paintings);

        Assert.Equal(["A", "A", "B", "B"], denoiser.Batches);
    }

    [Fact]
    public async Task Pictures_of_different_sizes_are_never_mixed()
    {
        var denoiser = HeldInFirstStep();
        var batcher = new DenoisingBatcher(4);

        var first = Start(batcher, denoiser, new Painting('A', 3));
        _firstStepRuns.Wait(Token);
        var other = Start(batcher, denoiser, new Painting('B', 2, size: 16));
        await Joined(batcher, 2);
        var same = Start(batcher, denoiser, new Painting('C', 2));
        await Joined(batcher, 3);
        _firstStepMayEnd.Set();
        await Finished([first, other, same]);

        Assert.Equal(["A", "AC", "AC", "B", "B"], denoiser.Batches);
        Assert.All([first, other, same], AssertAsAlone);
    }

    [Fact]
    public async Task Progress_is_told_for_every_step_of_every_picture()
    {
        var denoiser = HeldInFirstStep();

        var paintings = await Join(new DenoisingBatcher(4), denoiser, ('A', 3), ('B', 2));
        _firstStepMayEnd.Set();
        await Finished(paintings);

        Assert.Equal([new(1, 3), new(2, 3), new(3, 3)], paintings[0].Reports);
        Assert.Equal([new(1, 2), new(2, 2)], paintings[1].Reports);
    }

    [Theory]
    [InlineData('A')]
    [InlineData('B')]
    [InlineData('C')]
    public async Task A_cancelled_picture_leaves_without_disturbing_those_it_ran_with(char cancelled)
    {
        using var secondStepRuns = new ManualResetEventSlim();
        using var secondStepMayEnd = new ManualResetEventSlim();
        var denoiser = new ScriptedDenoiser
        {
            OnPredict = (names, token) =>
            {
                if (names == "A")
                    Hold(_firstStepRuns, _firstStepMayEnd, token);
                else if (!secondStepRuns.IsSet)
                    Hold(secondStepRuns, secondStepMayEnd, token);
            },
        };
        var paintings = await Join(new DenoisingBatcher(4), denoiser, ('A', 3), ('B', 3), ('C', 3));
        _firstStepMayEnd.Set();
        secondStepRuns.Wait(Token);

        var gone = paintings.Single(painting => painting.Name == cancelled);
        await gone.Cancellation.CancelAsync();
        secondStepMayEnd.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.Run);
        await Finished([.. paintings.Where(painting => painting != gone)]);
        Assert.All(paintings.Where(painting => painting != gone), AssertAsAlone);

        // One of the three led the step that ran; whether it was the cancelled one makes no difference.
        Assert.Equal(["A", "ABC"], denoiser.Batches.Take(2));
        Assert.All(denoiser.Batches.Skip(2), names => Assert.DoesNotContain(cancelled, names));
    }

    [Fact]
    public async Task A_running_step_is_terminated_when_all_its_pictures_are_cancelled_and_the_next_goes_on()
    {
        var terminated = false;
        var denoiser = new ScriptedDenoiser
        {
            OnPredict = (names, token) =>
            {
                if (names == "A")
                    Hold(_firstStepRuns, _firstStepMayEnd, token);
                else if (names == "AB")
                    terminated = token.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
                token.ThrowIfCancellationRequested();
            },
        };
        var batcher = new DenoisingBatcher(2);
        var paintings = await Join(batcher, denoiser, ('A', 3), ('B', 3), ('C', 2));
        _firstStepMayEnd.Set();
        while (denoiser.Batches.Count < 2)
            await Task.Delay(1, Token);

        await paintings[0].Cancellation.CancelAsync();
        Assert.False(terminated);
        await paintings[1].Cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => paintings[0].Run);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => paintings[1].Run);
        await Finished([paintings[2]]);
        AssertAsAlone(paintings[2]);
        Assert.True(terminated);
        Assert.Equal(["A", "AB", "C", "C"], denoiser.Batches);
        Assert.Equal(0, batcher.Pictures);
    }

    [Fact]
    public async Task A_picture_that_waits_can_be_cancelled_while_others_run()
    {
        var denoiser = HeldInFirstStep();
        var paintings = await Join(new DenoisingBatcher(1), denoiser, ('A', 1), ('B', 1));

        await paintings[1].Cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => paintings[1].Run);
        Assert.False(paintings[0].Run.IsCompleted);
        _firstStepMayEnd.Set();
        await Finished([paintings[0]]);
    }

    [Fact]
    public async Task A_picture_that_breaks_its_batch_fails_alone()
    {
        var denoiser = new ScriptedDenoiser
        {
            OnPredict = (names, token) =>
            {
                if (names == "A")
                    Hold(_firstStepRuns, _firstStepMayEnd, token);
                if (names.Contains('B', StringComparison.Ordinal))
                    throw new NetworkException("B can not be painted.");
            },
        };
        var paintings = await Join(new DenoisingBatcher(4), denoiser, ('A', 3), ('B', 2), ('C', 2));
        _firstStepMayEnd.Set();

        Assert.Equal("B can not be painted.", (await Assert.ThrowsAsync<NetworkException>(() => paintings[1].Run)).Message);
        await Finished([paintings[0], paintings[2]]);
        AssertAsAlone(paintings[0]);
        AssertAsAlone(paintings[2]);
        Assert.Equal(["A", "ABC", "A", "B", "C", "AC"], denoiser.Batches);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_for_the_device_is_done_in_smaller_ones()
    {
        var denoiser = new ScriptedDenoiser
        {
            OnPredict = (names, token) =>
            {
                if (names == "A")
                    Hold(_firstStepRuns, _firstStepMayEnd, token);
                if (names.Length > 2)
                    throw new NetworkException("Out of memory.");
            },
        };
        var paintings = await Join(new DenoisingBatcher(8), denoiser, ('A', 3), ('B', 2), ('C', 2), ('D', 2));
        _firstStepMayEnd.Set();
        await Finished(paintings);

        Assert.Equal(["A", "ABCD", "A", "B", "C", "D", "AB", "CD"], denoiser.Batches);
        Assert.All(paintings, AssertAsAlone);
    }

    [Fact]
    public async Task A_call_alone_goes_before_the_next_step_and_never_during_one()
    {
        var denoiser = HeldInFirstStep();
        var batcher = new DenoisingBatcher(4);
        var painting = Start(batcher, denoiser, new Painting('A', 2));
        _firstStepRuns.Wait(Token);

        var stepsBefore = Task.Run(() => batcher.RunAlone(() => denoiser.Batches.Count, Token), Token);
        using var cancellation = new CancellationTokenSource();
        var cancelled = Task.Run(() => batcher.RunAlone(() => denoiser.Batches.Count, cancellation.Token), Token);
        await Task.Delay(50, Token);
        Assert.False(stepsBefore.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        _firstStepMayEnd.Set();

        Assert.Equal(1, await stepsBefore);
        await Finished([painting]);
        Assert.Throws<NetworkException>(() => batcher.RunAlone<int>(() => throw new NetworkException("broken"), Token));
        Assert.Equal(2, batcher.RunAlone(() => denoiser.Batches.Count, Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A denoiser whose first call waits until the test lets it end.</summary>
    private ScriptedDenoiser HeldInFirstStep() => new()
    {
        OnPredict = (_, token) =>
        {
            if (!_firstStepRuns.IsSet)
                Hold(_firstStepRuns, _firstStepMayEnd, token);
        },
    };

    private static void Hold(ManualResetEventSlim runs, ManualResetEventSlim mayEnd, CancellationToken token)
    {
        runs.Set();
        Assert.True(mayEnd.Wait(TimeSpan.FromSeconds(30), token));
    }

    /// <summary>Starts the first picture, waits until its first step runs, and lets the others queue up behind it in order.</summary>
    private async Task<Painting[]> Join(DenoisingBatcher batcher, ScriptedDenoiser denoiser, params (char Name, int Steps)[] pictures)
    {
        var paintings = new List<Painting>();
        foreach (var (name, steps) in pictures)
        {
            paintings.Add(Start(batcher, denoiser, new Painting(name, steps)));
            if (paintings.Count == 1)
                _firstStepRuns.Wait(Token);
            await Joined(batcher, paintings.Count);
        }

        return [.. paintings];
    }

    private static async Task Joined(DenoisingBatcher batcher, int pictures)
    {
        while (batcher.Pictures < pictures)
            await Task.Delay(1, Token);
    }

    private static Painting Start(DenoisingBatcher batcher, ScriptedDenoiser denoiser, Painting painting)
    {
        painting.Run = Task.Factory.StartNew(
            () => batcher.Run(painting.Picture, new DenoisingStep(denoiser, null), painting, painting.Cancellation.Token),
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        return painting;
    }

    private static Task Finished(IEnumerable<Painting> paintings) => Task.WhenAll(paintings.Select(painting => painting.Run)).WaitAsync(TimeSpan.FromSeconds(60), Token);

    private static void AssertAsAlone(Painting painting)
    {
        var alone = new Painting(painting.Name, painting.Steps, painting.Size);
        using var denoiser = new ScriptedDenoiser();
        new DenoisingBatcher(1).Run(alone.Picture, new DenoisingStep(denoiser, null), null, Token);
        Assert.Equal(alone.Picture.Latents.Data, painting.Picture.Latents.Data);
    }

    /// <summary>A picture on its way, on a thread of its own.</summary>
    private sealed class Painting(char name, int steps, int size = 8) : IProgress<DenoiseProgress>
    {
        public char Name => name;

        public int Steps => steps;

        public int Size => size;

        public PictureInProgress Picture { get; } = new(Noise(name, size))
        {
            Text = ScriptedDenoiser.Named(name),
            GuidanceScale = 1.5f + (name - 'A'),
            Sampler = Sampler.Create(name % 2 == 0 ? SamplerKind.Ddim : SamplerKind.DpmSolver, Schedule, steps),
        };

        public List<DenoiseProgress> Reports { get; } = [];

        public CancellationTokenSource Cancellation { get; } = new();

        public Task Run { get; set; } = Task.CompletedTask;

        public void Report(DenoiseProgress value) => Reports.Add(value);

        private static FloatTensor Noise(char name, int size)
        {
            var noise = new FloatTensor(1, 1, size, size);
            new TorchRandom(name).FillNormal(noise.Span);
            return noise;
        }
    }
}
