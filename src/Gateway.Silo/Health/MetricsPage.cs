namespace Gateway.Silo.Health;

/// <summary>What <c>/metrics</c> shows: from this node's memory, and one cheap count of the jobs that have not ended.</summary>
internal sealed class MetricsPage(AccountMetrics accounts, WorkMetrics work, RunnerMetrics runner, RoomMetrics room)
{
    public async Task<string> RenderAsync(CancellationToken cancellationToken)
    {
        var page = new PrometheusText();
        accounts.Write(page);
        work.Write(page);
        room.Write(page);
        await runner.WriteAsync(page, cancellationToken);
        return page.ToString();
    }
}
