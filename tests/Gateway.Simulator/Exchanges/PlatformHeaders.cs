namespace Gateway.Simulator;

/// <summary>The response headers seen on the platform. There is no <c>retry-after</c> and no <c>x-ratelimit-*</c> among them.</summary>
internal static class PlatformHeaders
{
    public static void Write(IHeaderDictionary headers, Exchange exchange)
    {
        long received = exchange.ReceivedAt.ToUnixTimeMilliseconds();
        headers["trace-id"] = exchange.TraceId;
        headers["minimax-request-id"] = exchange.TraceId;
        headers["alb_receive_time"] = $"{received / 1000}.{received % 1000:000}";
        headers["alb_request_id"] = exchange.TraceId;
        headers["access-control-allow-origin"] = "*";
        headers.CacheControl = "no-cache, no-store";
        headers.Pragma = "no-cache";
        headers.Expires = "0";
        headers.Vary = "Origin";
        if (exchange.Operation != Operation.Models)
        {
            headers["x-mm-request-id"] = $"{received}_{received}{exchange.TraceId[..6]}";
            headers["x-session-id"] = exchange.TraceId;
        }
    }
}
