using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Gateway.Api.Bodies;
using Gateway.Api.Tests.Support;
using Gateway.Testing;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Tests.Edge;

public sealed class UnreadBodiesTests : GatewayTest
{
    private const int Long = 8 * 1024 * 1024;

    private protected override void Configure() => Gateway["Gateway:Bodies:Own"] = "1000";

    [Fact]
    public async Task H3_whoever_sends_all_before_it_reads_sees_its_refusal_and_goes_on_with_its_connection()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Gateway.Address.Host, Gateway.Address.Port, Patience);
        var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        for (var i = 0; i < 2; i++)
        {
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {GatewayUnderTest.AdminToken}\r\nContent-Type: " +
                        $"application/json\r\nContent-Length: {Long}\r\n\r\n"),
                Patience);
            await stream.WriteAsync(new byte[Long], Patience);
            Assert.Equal("HTTP/1.1 413 Payload Too Large", await reader.ReadLineAsync(Patience));
            await SkipAnswerAsync(reader);
        }
    }

    [Fact]
    public async Task H3_a_teams_refused_bodies_are_read_away_one_after_the_other_and_who_stalls_makes_the_next_wait_5_s()
    {
        var clock = new ManualClock();
        var bodies = new UnreadBodies(Refuse, new DrainLanes(), clock);
        var (stalling, next) = (new Sender(stalls: true), new Sender(stalls: false));
        var first = bodies.InvokeAsync(stalling.Context);
        var second = bodies.InvokeAsync(next.Context);
        Assert.Equal((1, 0, false), (stalling.Reads, next.Reads, second.IsCompleted));

        clock.Advance(TimeSpan.FromSeconds(5));
        await Task.WhenAll(first, second);
        Assert.Equal((true, false), (stalling.IsCut, next.IsCut));
        Assert.True(next.Reads > 1);
    }

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = 429;
        return Task.CompletedTask;
    }

    private async Task SkipAnswerAsync(StreamReader reader)
    {
        const string Length = "Content-Length: ";
        var length = 0;
        while (await reader.ReadLineAsync(Patience) is { Length: > 0 } header)
            if (header.StartsWith(Length, StringComparison.Ordinal))
                length = int.Parse(header[Length.Length..], CultureInfo.InvariantCulture);
        Assert.Equal(length, await reader.ReadBlockAsync(new char[length], Patience));
    }

    /// <summary>A refused request, which sends three pieces or nothing at all.</summary>
    private sealed class Sender : Stream, IHttpRequestLifetimeFeature
    {
        private readonly bool _stalls;

        public Sender(bool stalls)
        {
            _stalls = stalls;
            Context.Features.Set<IHttpRequestLifetimeFeature>(this);
            Context.Request.Protocol = "HTTP/1.1";
            Context.Request.ContentLength = Long;
            Context.Request.Body = this;
        }

        public DefaultHttpContext Context { get; } = new();

        public int Reads { get; private set; }

        public bool IsCut { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Abort() => IsCut = true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Reads++;
            if (_stalls) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return Reads > 3 ? 0 : 100;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
