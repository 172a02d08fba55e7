namespace Gateway.Api.Tests.Deploy;

/// <summary>One pod on SQLite.</summary>
public sealed class SingleOverlayTests
{
    [DeployFact]
    public async Task It_is_one_pod_that_is_gone_before_the_next_one_comes()
    {
        var deployment = Assert.Single((await Overlay.OfAsync("single")).Deployments);
        Assert.Equal(1, deployment.Number("spec", "replicas"));
        Assert.Equal("Recreate", deployment.Text("spec", "strategy", "type"));
        Assert.Null(deployment.At("spec", "strategy", "rollingUpdate"));
    }

    [DeployFact]
    public async Task It_does_everything_and_keeps_its_data_in_a_volume()
    {
        var overlay = await Overlay.OfAsync("single");
        var deployment = Assert.Single(overlay.Deployments);
        Assert.Equal("Gateway.Api.dll", Assert.Single(deployment.Container.Items("args")).ToString());
        Assert.Null(deployment.Env("Gateway__Role"));
        Assert.Null(deployment.Env("ConnectionStrings__Gateway"));
        var data = Assert.Single(deployment.PodSpec.Items("volumes"));
        Assert.Null(data.At("emptyDir"));
        Assert.Equal(
            ["ReadWriteOnce"],
            overlay.One("PersistentVolumeClaim", data.Text("persistentVolumeClaim", "claimName"))
                .Items("spec", "accessModes")
                .Select(mode => mode.ToString()));
    }
}
