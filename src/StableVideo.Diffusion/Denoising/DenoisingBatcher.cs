using System.Diagnostics;
using System.Runtime.ExceptionServices;
using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>
/// Lets pictures that are painted at the same time share the network: the steps that are due at the same moment and fit together run as one batch, as
/// language model servers batch continuously. Each picture keeps its own sampler, timesteps and conditions.
/// </summary>
/// <param name="maximum">Most pictures in a batch; 1 paints one picture after the other.</param>
/// <remarks>
/// There is no thread of its own. Callers wait in <see cref="Run"/>; whenever the network is free, one of those whose picture is in the next batch leads it:
/// runs the networks and takes the step of every picture in it, while the others wait. The next batch is the picture that came first and those behind it
/// that fit with it, so nobody starves, a newcomer joins at the next step, and nobody waits for others while the network is free. One network runs at a
/// time, so memory is bounded by the largest batch.
/// <para>
/// A cancelled picture leaves at once, its leader at the end of the running step; a step that all its pictures have left is terminated. A batch that fails
/// is run again one by one, so that only the picture at fault fails; where all succeed the batch was too large for the device, and later ones are smaller.
/// </para>
/// </remarks>
internal sealed class DenoisingBatcher(int maximum)
{
    // A monitor's object and not a Lock: waiters are woken through it.
    private readonly object _gate = new();
    private readonly List<Member> _members = [];
    private int _maximum = maximum;
    private int _waitingAlone;
    private bool _busy;
    private (List<Member> Members, Action Terminate)? _running;

    /// <summary>Pictures inside <see cref="Run"/>.</summary>
    public int Pictures
    {
        get
        {
            lock (_gate)
                return _members.Count;
        }
    }

    /// <summary>Takes all remaining steps of a picture, some of them together with other callers' pictures.</summary>
    /// <param name="picture">Changed in place; done at the end.</param>
    /// <param name="step">The networks of this batcher's model.</param>
    /// <param name="progress">Told after each step, on the calling thread.</param>
    /// <param name="cancellationToken">Ends a running network unless others still need it.</param>
    public void Run(PictureInProgress picture, DenoisingStep step, IProgress<DenoiseProgress>? progress, CancellationToken cancellationToken)
    {
        var member = new Member(picture, cancellationToken);
        lock (_gate)
            _members.Add(member);
        try
        {
            using var registration = cancellationToken.UnsafeRegister(static state => ((DenoisingBatcher)state!).Wake(), this);
            for (var told = 0; told < picture.Steps;)
            {
                if (WaitForTurn(member, told) is { } batch)
                    Lead(batch, step);
                for (var taken = Taken(member); told < taken; told++)
                    progress?.Report(new DenoiseProgress(told + 1, picture.Steps));
            }
        }
        finally
        {
            lock (_gate)
            {
                _members.Remove(member);
                member.HasLeft = true;
            }

            Wake();
        }
    }

    /// <summary>Runs something else that uses the model's networks, before the next step and while no other network runs.</summary>
    public T RunAlone<T>(Func<T> call, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static state => ((DenoisingBatcher)state!).Wake(), this))
            TakeNetwork(cancellationToken);
        try
        {
            return call();
        }
        finally
        {
            lock (_gate)
                _busy = false;
            Wake();
        }
    }

    private void TakeNetwork(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _waitingAlone++;
            try
            {
                while (_busy)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Monitor.Wait(_gate);
                }

                _busy = true;
            }
            finally
            {
                _waitingAlone--;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Returns the batch to lead, or null when steps were taken that the caller was not told of.</summary>
    private List<Member>? WaitForTurn(Member member, int told)
    {
        lock (_gate)
        {
            while (true)
            {
                member.Cancellation.ThrowIfCancellationRequested();
                member.Failure?.Throw();
                if (member.Taken > told)
                    return null;
                if (!_busy && _waitingAlone == 0 && NextBatch() is var next && next.Contains(member))
                {
                    _busy = true;
                    return next;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    private List<Member> NextBatch()
    {
        List<Member> next = [];
        foreach (var member in _members)
        {
            if (next.Count < _maximum && member.IsReady && (next.Count == 0 || next[0].Picture.FitsWith(member.Picture)))
                next.Add(member);
        }

        return next;
    }

    private void Lead(List<Member> members, DenoisingStep step)
    {
        using var abandoned = new CancellationTokenSource();
        try
        {
            lock (_gate)
                _running = (members, abandoned.Cancel);
            Wake();
            Take(members, step, abandoned.Token);
        }
        finally
        {
            lock (_gate)
            {
                foreach (var member in members)
                    member.Taken = member.Picture.StepsDone;
                _running = null;
                _busy = false;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void Take(List<Member> members, DenoisingStep step, CancellationToken cancellationToken)
    {
        FloatTensor[] outputs;
        try
        {
            var start = Stopwatch.GetTimestamp();
            outputs = step.Predict([.. members.Select(member => member.Picture)], cancellationToken);
            DenoisingMetrics.Taken(members.Count, start);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            if (members.Count == 1)
                members[0].Failure = ExceptionDispatchInfo.Capture(e);
            else if (TakeOneByOne(members, step))
                _maximum = members.Count / 2;
            return;
        }

        for (var i = 0; i < outputs.Length; i++)
            members[i].Picture.Advance(outputs[i]);
    }

    /// <summary>Whether all of them went well.</summary>
    private static bool TakeOneByOne(List<Member> members, DenoisingStep step)
    {
        var well = 0;
        foreach (var member in members.Where(member => member.IsReady))
        {
            try
            {
                var start = Stopwatch.GetTimestamp();
                member.Picture.Advance(step.Predict([member.Picture], member.Cancellation)[0]);
                DenoisingMetrics.Taken(1, start);
                well++;
            }
            catch (OperationCanceledException) when (member.Cancellation.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                member.Failure = ExceptionDispatchInfo.Capture(e);
            }
        }

        return well == members.Count;
    }

    private int Taken(Member member)
    {
        lock (_gate)
            return member.Taken;
    }

    /// <summary>Something has changed: terminates a batch that nobody needs any more, and lets every waiting caller look again.</summary>
    private void Wake()
    {
        lock (_gate)
        {
            if (_running is { } running && !running.Members.Any(member => member.IsReady))
                running.Terminate();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>A caller inside <see cref="Run"/>.</summary>
    private sealed class Member(PictureInProgress picture, CancellationToken cancellation)
    {
        public PictureInProgress Picture => picture;

        public CancellationToken Cancellation => cancellation;

        /// <summary>Steps of the picture taken up to the last batch.</summary>
        public int Taken { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }

        public bool HasLeft { get; set; }

        public bool IsReady => !HasLeft && !cancellation.IsCancellationRequested && Failure is null && Taken < picture.Steps;
    }
}
