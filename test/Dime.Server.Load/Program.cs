using Dime.Server.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// The peers of dime serve: the same pipeline, or the bare network, behind a pool of prediction engines. run.sh beside this puts all under load.
if (args is not [var model, var url])
{
    Console.Error.WriteLine("Give a model or a network, and an address: Dime.Server.Load model.zip|network.onnx http://127.0.0.1:8081");
    return 2;
}

using IPool pool = Path.GetExtension(model) == ".onnx" ? new PlainPool(model) : new EnginePool(model);
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
WebApplication app = builder.Build();
app.Urls.Add(url);
app.MapPost("/v1/score", async (HttpRequest request) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body);
    body.Position = 0;
    return TypedResults.Ok(pool.Predict(body));
});
await app.StartAsync();
Console.WriteLine($"Serving at {url}");
await app.WaitForShutdownAsync();
return 0;
