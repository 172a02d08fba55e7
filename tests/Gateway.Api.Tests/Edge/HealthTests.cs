using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.Api.Tests.Support;

namespace Gateway.Api.Tests.Edge;

/// <summary>Probes and metrics.</summary>
public sealed partial class HealthTests : GatewayTest
{
    [Fact]
    public async Task Probes_answer_without_a_token()
    {
        Assert.Equal("ok\n", (await Nobody.GetAsync("/livez")).Expect(200).Body);
        Assert.Equal("ok\n", (await Nobody.GetAsync("/readyz")).Expect(200).Body);
    }

    [Fact]
    public async Task Metrics_are_prometheus_text_and_count_what_is_so()
    {
        var id = await AddAccountAsync("key-a", 3);
        await WaitForAsync(await SubmitVideoAsync("running"), "running");
        (await Admin.PatchAsync($"/v1/admin/accounts/{id}", new { maxJobs = 1 })).Expect(200);
        await SubmitVideoAsync("queued");

        var page = (await Nobody.GetAsync("/metrics")).Expect(200);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", page.Header("Content-Type"));
        var samples = Parse(page.Body);
        Assert.Equal(1, samples[$"gateway_account_slots_used{{account=\"{id}\"}}"]);
        Assert.Equal(1, samples[$"gateway_account_slots_max{{account=\"{id}\"}}"]);
        Assert.Equal(1, samples["gateway_jobs{status=\"running\",kind=\"video\"}"]);
        Assert.Equal(1, samples["gateway_jobs{status=\"queued\",kind=\"video\"}"]);
        Assert.Equal(0, samples["gateway_jobs{status=\"unknown\",kind=\"chat\"}"]);
        Assert.Equal(1, samples["gateway_queue_depth"]);
        Assert.Equal(1, samples["gateway_store_up"]);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "10.0.0.1")]
    [InlineData("x-forwarded-proto", "https")]
    [InlineData("X-Forwarded-Whatever", "")]
    [InlineData("Forwarded", "for=10.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("X-Real-IP", "10.0.0.1")]
    [InlineData("True-Client-IP", "10.0.0.1")]
    [InlineData("CF-Connecting-IP", "10.0.0.1")]
    [InlineData("cf-ray", "1")]
    [InlineData("Host", "gateway.example")]
    [InlineData("Host", "gateway.example:8080")]
    [InlineData("Host", "localhost.gateway.example")]
    [InlineData("Host", "127.0.0.1.gateway.example")]
    [InlineData("Host", "192.168.0.7")]
    [InlineData("Host", "[2001:db8::1]:8080")]
    public async Task H10_metrics_asked_for_through_a_proxy_or_by_another_name_need_the_admin_token(string header, string value)
    {
        (await Nobody.GetAsync("/metrics", (header, value))).Expect(401);
        (await As("wrong").GetAsync("/metrics", (header, value))).Expect(401);
        (await (await AddTeamAsync("blue")).GetAsync("/metrics", (header, value))).Expect(401);
        (await Admin.GetAsync("/metrics", (header, value))).Expect(200);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8080")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("127.1.2.3")]
    [InlineData("[::1]:8080")]
    public async Task H10_metrics_are_open_to_this_machine_by_a_loopback_name(string host) =>
        (await Nobody.GetAsync("/metrics", ("Host", host))).Expect(200);

    // What nginx sends by a plain proxy_pass: no header of a proxy, and its own name for us.
    [Fact]
    public async Task H10_metrics_asked_for_by_a_plain_nginx_need_the_admin_token()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Gateway.Address.Port, Patience);
        await socket.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET /metrics HTTP/1.0\r\nHost: 127.0.0.1:{Gateway.Address.Port}\r\nConnection: close\r\n\r\n"),
            Patience);
        using var answer = new StreamReader(socket.GetStream());
        Assert.Contains(" 401 ", await answer.ReadLineAsync(Patience), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://+")]
    [InlineData("http://*")]
    public async Task Metrics_on_an_address_of_their_own_are_open_there_alone(string host)
    {
        var metrics = FreePort();
        Gateway["Gateway:MetricsUrl"] = $"{host}:{metrics}";
        await Gateway.RestartAsync();

        Assert.Equal(HttpStatusCode.OK, await AtAsync(metrics, "/metrics"));
        (await Nobody.GetAsync("/metrics", ("X-Forwarded-For", "10.0.0.1"))).Expect(401);
    }

    // Microsoft's images set ports and no urls.
    [Fact]
    public async Task Metrics_on_an_address_of_their_own_leave_the_ports_that_were_set()
    {
        var (main, metrics) = (FreePort(), FreePort());
        Gateway["urls"] = "";
        Gateway["http_ports"] = $"{main}";
        Gateway["Gateway:MetricsUrl"] = $"http://+:{metrics}";
        await Gateway.RestartAsync();

        Assert.Equal(HttpStatusCode.OK, await AtAsync(metrics, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, await AtAsync(main, "/readyz"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AtAsync(main, "/metrics"));
    }

    // As from another machine: nothing is open to it because it is near.
    private async Task<HttpStatusCode> AtAsync(int port, string path)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "10.0.0.1");
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}{path}"), Patience);
        return answer.StatusCode;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    // The text format 0.0.4: HELP, TYPE, then samples of that metric; every sample once.
    private static Dictionary<string, double> Parse(string page)
    {
        Assert.EndsWith("\n", page, StringComparison.Ordinal);
        var samples = new Dictionary<string, double>();
        string? metric = null;
        HashSet<string> typed = [];
        foreach (var line in page[..^1].Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                metric = line.Split(' ')[2];
                Assert.Matches(Name(), metric);
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                Assert.Equal(metric, words[2]);
                Assert.Contains(words[3], new[] { "gauge", "counter" });
                Assert.Equal(words[3] == "counter", words[2].EndsWith("_total", StringComparison.Ordinal));
                Assert.True(typed.Add(metric!), $"{metric} is declared twice");
            }
            else
            {
                var sample = Sample().Match(line);
                Assert.True(sample.Success, line);
                Assert.Equal(metric, sample.Groups["name"].Value);
                Assert.True(
                    samples.TryAdd(line[..line.LastIndexOf(' ')], double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture)),
                    $"{line} is there twice");
            }
        }

        return samples;
    }

    [GeneratedRegex("^[a-z_:][a-z0-9_:]*$")]
    private static partial Regex Name();

    [GeneratedRegex(
        """^(?<name>[a-z_:][a-z0-9_:]*)(\{([a-z_]+="([^"\\\n]|\\["\\n])*"(,|(?=\})))+\})? (?<value>[-+0-9.eE]+|NaN|[+-]Inf)$""")]
    private static partial Regex Sample();
}
