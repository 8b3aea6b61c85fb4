using System.Globalization;
using System.Text;

namespace StableVideo.Scaling;

/// <summary>Draws a table of <see cref="Throughput"/> as SVG: stages per second over silos, both by powers of two, beside the line of perfect scaling.</summary>
internal static class ScalingPlot
{
    private const int Width = 640;
    private const int Height = 400;
    private const int Left = 70;
    private const int Bottom = 340;
    private const int Right = 610;
    private const int Top = 40;

    /// <param name="table">Rows as <see cref="Throughput.Table"/> writes them.</param>
    public static string Draw(string table)
    {
        var rows = table.Split('\n')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Where(cells => cells.Length == 6 && int.TryParse(cells[0], CultureInfo.InvariantCulture, out _))
            .Select(cells => (Silos: double.Parse(cells[0], CultureInfo.InvariantCulture), PerSecond: double.Parse(cells[1], CultureInfo.InvariantCulture), Efficiency: cells[2]))
            .ToList();
        var most = Math.Log2(rows.Max(row => row.Silos));
        double X(double silos) => Left + (Math.Log2(silos) / most * (Right - Left));
        double Y(double perSecond) => Bottom - (Math.Log2(perSecond / rows[0].PerSecond) / most * (Bottom - Top));

        var svg = new StringBuilder();
        void Add(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"13\">");
        Add($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>");
        foreach (var row in rows)
        {
            Add($"<path d=\"M{X(row.Silos):0} {Top}V{Bottom}M{Left} {Y(row.Silos * rows[0].PerSecond):0}H{Right}\" stroke=\"#e3e3e3\"/>");
            Add($"<text x=\"{X(row.Silos):0}\" y=\"{Bottom + 20}\" text-anchor=\"middle\" fill=\"#333\">{row.Silos}</text>");
            Add($"<text x=\"{Left - 10}\" y=\"{Y(row.Silos * rows[0].PerSecond) + 4:0}\" text-anchor=\"end\" fill=\"#333\">{row.Silos * rows[0].PerSecond:0.#}</text>");
        }

        Add($"<path d=\"M{Left} {Bottom}L{Right} {Top}\" stroke=\"#999\" stroke-dasharray=\"5 4\" fill=\"none\"/>");
        Add($"<polyline points=\"{string.Join(' ', rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{X(row.Silos):0.0},{Y(row.PerSecond):0.0}")))}\" stroke=\"#1f6feb\" stroke-width=\"2.5\" fill=\"none\"/>");
        foreach (var row in rows)
        {
            Add($"<circle cx=\"{X(row.Silos):0.0}\" cy=\"{Y(row.PerSecond):0.0}\" r=\"4.5\" fill=\"#1f6feb\"/>");
            // The first stands under the line, the others over it.
            var (dx, dy, anchor) = row.Silos > rows[0].Silos ? (-10, -8, "end") : (16, 14, "start");
            Add($"<text x=\"{X(row.Silos) + dx:0}\" y=\"{Y(row.PerSecond) + dy:0}\" text-anchor=\"{anchor}\" fill=\"#1f6feb\">{row.Efficiency}</text>");
        }

        Add($"<text x=\"{(Left + Right) / 2}\" y=\"{Height - 14}\" text-anchor=\"middle\" fill=\"#333\">silo processes with one slot each</text>");
        Add($"<text x=\"{Left}\" y=\"{Top - 16}\" fill=\"#333\">stages per second (dashed: perfect scaling; figures: efficiency against one silo)</text>");
        return svg.Append("</svg>\n").ToString();
    }
}
