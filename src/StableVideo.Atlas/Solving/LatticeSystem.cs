using System.Numerics.Tensors;

namespace StableVideo.Atlas.Solving;

/// <summary>
/// The normal equations <c>(J^T W J + R + anchor) d = J^T W b</c> of one layer, never formed: products run over the equations.
/// Every sum has a fixed order, whatever the number of threads.
/// </summary>
internal sealed class LatticeSystem
{
    private const int RowsPerPart = 16384;
    private readonly LatticeGrid _grid;
    private readonly LatticeRows _rows;
    private readonly LatticeRegulariser _regulariser;
    private readonly float[] _anchor;
    private readonly float _targetWeight;
    private readonly float[] _weights;
    private readonly float[] _pairU;
    private readonly float[] _pairV;

    /// <param name="grid">Shape of the unknowns.</param>
    /// <param name="rows">The equations.</param>
    /// <param name="regulariser">Smoothness.</param>
    /// <param name="anchor">Per frame: how strongly d is held at 0.</param>
    /// <param name="targetWeight">Multiplies the weights of target equations.</param>
    public LatticeSystem(LatticeGrid grid, LatticeRows rows, LatticeRegulariser regulariser, float[] anchor, float targetWeight)
    {
        (_grid, _rows, _regulariser, _anchor, _targetWeight) = (grid, rows, regulariser, anchor, targetWeight);
        _weights = [.. rows.Pairs.Select(p => p.Weight)];
        _pairU = new float[rows.Pairs.Length];
        _pairV = new float[rows.Pairs.Length];
    }

    /// <summary>Robust re-weighting (Cauchy): equations that <paramref name="d"/> misses by more than <paramref name="scale"/> atlas pixels lose weight.</summary>
    public void Reweight(float[] d, float scale)
    {
        FillDifferences(d, withGlobal: true);
        var inverse = 1 / (scale * scale);
        for (var i = 0; i < _weights.Length; i++)
            _weights[i] = _rows.Pairs[i].Weight / (1 + (((_pairU[i] * _pairU[i]) + (_pairV[i] * _pairV[i])) * inverse));
    }

    /// <summary>Improves <paramref name="d"/> in place by preconditioned conjugate gradients; returns the iterations used.</summary>
    public int Solve(float[] d, int iterations, CancellationToken cancellationToken)
    {
        var b = new float[d.Length];
        var residual = new float[d.Length];
        var direction = new float[d.Length];
        var product = new float[d.Length];
        var inverseDiagonal = InverseDiagonal();
        RightHandSide(b);
        Multiply(d, product);
        TensorPrimitives.Subtract(b, product, residual);
        var z = new float[d.Length];
        TensorPrimitives.Multiply(inverseDiagonal, residual, z);
        z.CopyTo(direction, 0);
        var rz = Dot(residual, z);
        var goal = Math.Sqrt(Dot(b, b)) * 1e-4;
        for (var i = 0; i < iterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (rz <= 0 || Math.Sqrt(Dot(residual, residual)) <= goal)
                return i;
            Multiply(direction, product);
            var step = (float)(rz / Math.Max(Dot(direction, product), 1e-20));
            TensorPrimitives.MultiplyAdd(direction, step, d, d);
            TensorPrimitives.MultiplyAdd(product, -step, residual, residual);
            TensorPrimitives.Multiply(inverseDiagonal, residual, z);
            var next = Dot(residual, z);
            TensorPrimitives.MultiplyAdd(direction, (float)(next / rz), z, direction);
            rz = next;
        }

        return iterations;
    }

    private void Multiply(float[] d, float[] result)
    {
        FillDifferences(d, withGlobal: false);
        int perFrame = _grid.NodesPerFrame * 2, columns = _grid.Columns;
        Parallel.For(0, _grid.Frames, t =>
        {
            var own = d.AsSpan(t * perFrame, perFrame);
            var sum = result.AsSpan(t * perFrame, perFrame);
            TensorPrimitives.Multiply(own, _anchor[t], sum);
            AddPairs(t, 1f, result);
            foreach (var row in _rows.Targets[t])
            {
                var (u, v) = Interpolate(d, row.At, columns);
                Spread(result, row.At, columns, row.Weight * _targetWeight * u, row.Weight * _targetWeight * v);
            }

            _regulariser.AddProduct(own, sum, columns, _grid.Rows);
        });
    }

    private void RightHandSide(float[] b)
    {
        for (var i = 0; i < _pairU.Length; i++)
            (_pairU[i], _pairV[i]) = (_rows.Pairs[i].U, _rows.Pairs[i].V);
        Parallel.For(0, _grid.Frames, t =>
        {
            AddPairs(t, -1f, b);
            foreach (var row in _rows.Targets[t])
                Spread(b, row.At, _grid.Columns, row.Weight * _targetWeight * row.U, row.Weight * _targetWeight * row.V);
        });
    }

    private float[] InverseDiagonal()
    {
        var diagonal = new float[_grid.Unknowns];
        int perFrame = _grid.NodesPerFrame * 2, columns = _grid.Columns;
        Parallel.For(0, _grid.Frames, t =>
        {
            diagonal.AsSpan(t * perFrame, perFrame).Fill(_anchor[t] + _regulariser.Diagonal);
            var (start, end) = _rows.RowsFrom(t);
            for (var i = start; i < end; i++)
                SpreadSquares(diagonal, _rows.Pairs[i].A, columns, _weights[i]);
            foreach (var i in _rows.RowsInto(t))
                SpreadSquares(diagonal, _rows.Pairs[i].B, columns, _weights[i]);
            foreach (var row in _rows.Targets[t])
                SpreadSquares(diagonal, row.At, columns, row.Weight * _targetWeight);
        });
        for (var i = 0; i < diagonal.Length; i++)
            diagonal[i] = 1 / Math.Max(diagonal[i], 1e-12f);
        return diagonal;
    }

    /// <summary>Per equation: <c>d_b - d_a</c>, with the global motions' difference if asked for.</summary>
    private void FillDifferences(float[] d, bool withGlobal)
    {
        var columns = _grid.Columns;
        var rows = _rows.Pairs;
        Parallel.For(0, (rows.Length + RowsPerPart - 1) / RowsPerPart, part =>
        {
            var end = Math.Min(rows.Length, (part + 1) * RowsPerPart);
            for (var i = part * RowsPerPart; i < end; i++)
            {
                ref readonly var row = ref rows[i];
                var (ua, va) = Interpolate(d, row.A, columns);
                var (ub, vb) = Interpolate(d, row.B, columns);
                _pairU[i] = ub - ua + (withGlobal ? row.U : 0);
                _pairV[i] = vb - va + (withGlobal ? row.V : 0);
            }
        });
    }

    private void AddPairs(int t, float sign, float[] result)
    {
        var columns = _grid.Columns;
        var (start, end) = _rows.RowsFrom(t);
        for (var i = start; i < end; i++)
            Spread(result, _rows.Pairs[i].A, columns, -sign * _weights[i] * _pairU[i], -sign * _weights[i] * _pairV[i]);
        foreach (var i in _rows.RowsInto(t))
            Spread(result, _rows.Pairs[i].B, columns, sign * _weights[i] * _pairU[i], sign * _weights[i] * _pairV[i]);
    }

    private static (float U, float V) Interpolate(float[] d, in CellPoint p, int columns)
    {
        var (w00, w10, w01, w11) = p.Weights;
        int i = p.Node * 2, below = i + (columns * 2);
        return ((w00 * d[i]) + (w10 * d[i + 2]) + (w01 * d[below]) + (w11 * d[below + 2]),
            (w00 * d[i + 1]) + (w10 * d[i + 3]) + (w01 * d[below + 1]) + (w11 * d[below + 3]));
    }

    private static void Spread(float[] result, in CellPoint p, int columns, float u, float v)
    {
        var (w00, w10, w01, w11) = p.Weights;
        int i = p.Node * 2, below = i + (columns * 2);
        result[i] += w00 * u;
        result[i + 1] += w00 * v;
        result[i + 2] += w10 * u;
        result[i + 3] += w10 * v;
        result[below] += w01 * u;
        result[below + 1] += w01 * v;
        result[below + 2] += w11 * u;
        result[below + 3] += w11 * v;
    }

    private static void SpreadSquares(float[] diagonal, in CellPoint p, int columns, float weight)
    {
        var (w00, w10, w01, w11) = p.Weights;
        int i = p.Node * 2, below = i + (columns * 2);
        diagonal[i] += weight * w00 * w00;
        diagonal[i + 1] += weight * w00 * w00;
        diagonal[i + 2] += weight * w10 * w10;
        diagonal[i + 3] += weight * w10 * w10;
        diagonal[below] += weight * w01 * w01;
        diagonal[below + 1] += weight * w01 * w01;
        diagonal[below + 2] += weight * w11 * w11;
        diagonal[below + 3] += weight * w11 * w11;
    }

    /// <summary>A dot product in double precision over fixed parts.</summary>
    private static double Dot(float[] a, float[] b)
    {
        const int Part = 4096;
        var sum = 0.0;
        for (var i = 0; i < a.Length; i += Part)
        {
            var n = Math.Min(Part, a.Length - i);
            sum += TensorPrimitives.Dot<float>(a.AsSpan(i, n), b.AsSpan(i, n));
        }

        return sum;
    }
}
