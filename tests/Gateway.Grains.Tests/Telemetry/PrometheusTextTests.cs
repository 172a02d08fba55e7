using Gateway.Silo.Health;

namespace Gateway.Grains.Tests.Telemetry;

public sealed class PrometheusTextTests
{
    [Fact]
    public void A_page_is_the_text_format_with_its_escapes()
    {
        var page = new PrometheusText()
            .Metric("a_total", "counter", "Line one\nback\\slash.")
            .Sample("a_total", 1.5, ("x", "quote \" slash \\ line \n end"), ("y", "z"))
            .Sample("a_total", 2)
            .ToString();

        Assert.Equal("""
            # HELP a_total Line one\nback\\slash.
            # TYPE a_total counter
            a_total{x="quote \" slash \\ line \n end",y="z"} 1.5
            a_total 2

            """.ReplaceLineEndings("\n"), page);
    }
}
