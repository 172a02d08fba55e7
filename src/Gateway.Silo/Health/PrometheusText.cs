using System.Globalization;
using System.Text;

namespace Gateway.Silo.Health;

/// <summary>
/// Writes Prometheus' text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats. Own code because no
/// exporter package restores; a test holds it to the format.
/// </summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _page = new();

    /// <summary>Begins a metric; its samples follow.</summary>
    public PrometheusText Metric(string name, string type, string help)
    {
        _page.Append("# HELP ")
            .Append(name)
            .Append(' ')
            .Append(help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal))
            .Append('\n');
        _page.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    public PrometheusText Sample(string name, double value, params ReadOnlySpan<(string Label, string Value)> labels)
    {
        _page.Append(name);
        for (var i = 0; i < labels.Length; i++)
            _page.Append(i == 0 ? '{' : ',').Append(labels[i].Label).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        if (labels.Length > 0) _page.Append('}');
        _page.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    public override string ToString() => _page.ToString();

    private static string Escape(string value) => value
        .Replace("\\", @"\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", @"\n", StringComparison.Ordinal);
}
