using System.Globalization;
using Dime.Server.Models;
using Dime.Server.Scoring;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Dime.Server.Endpoints;

/// <summary><c>POST /v1/score</c>: scores the rows of a request.</summary>
internal sealed class ScoreEndpoint(ModelHost host, RequestRows reader, DimeMonitoringOptions options)
{
    public async Task<IResult> HandleAsync(HttpContext http)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        time.CancelAfter(options.RequestTime);
        try
        {
            bool wantsOutputs = WantsOutputs(http.Request);
            LimitBody(http);
            IReadOnlyList<RowInput> rows = await reader.ReadAsync(http.Request, CurrentModel().Dimension, time.Token).ConfigureAwait(false);
            var request = new ScoreRequest(rows, wantsOutputs, time.Token);
            ServedModel model = Send(request);
            RowResult[] results = await request.Answer.WaitAsync(time.Token).ConfigureAwait(false);
            return TypedResults.Json(ScoreAnswer.Of(model, results), AnswerJson.Options);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            throw new RefusedException(StatusCodes.Status408RequestTimeout, string.Create(CultureInfo.InvariantCulture, $"The request took longer than the {options.RequestTime.TotalSeconds:0.###} s that are allowed; send less at a time."));
        }
    }

    /// <summary>Puts a request in line.</summary>
    /// <returns>The model that answers it.</returns>
    private ServedModel Send(ScoreRequest request)
    {
        try
        {
            while (true)
            {
                ServedModel model = CurrentModel();
                RequireFit(request, model);
                if (model.TryAdd(request))
                {
                    return model;
                }

                // Retired between the two lines above, it has a successor.
                if (!model.IsRetired)
                {
                    throw new RefusedException(StatusCodes.Status429TooManyRequests, "Too many rows wait to be scored; come again in a second.") { RetryAfter = 1 };
                }
            }
        }
        catch
        {
            foreach (RowInput row in request.Rows)
            {
                row.Dispose();
            }

            throw;
        }
    }

    private ServedModel CurrentModel() =>
        host.Current ?? throw RefusedException.NoModel();

    // The rows were read for the model that was served then.
    private static void RequireFit(ScoreRequest request, ServedModel model)
    {
        if (request.Rows.Any(row => row.Embedding?.Length != model.Dimension))
        {
            throw new RefusedException(StatusCodes.Status409Conflict, "The model was changed for one that takes other rows; see /v1/model.");
        }

        if (request.WantsOutputs && model.OutputNames.Count == 0)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, "The model has no outputs of a network to give; leave 'outputs' out.");
        }
    }

    private static bool WantsOutputs(HttpRequest request) => request.Query["outputs"] is not [var text]
        ? request.Query.ContainsKey("outputs") ? throw WrongOutputs() : false
        : bool.TryParse(text, out bool wanted) ? wanted : throw WrongOutputs();

    private static RefusedException WrongOutputs() => new(StatusCodes.Status400BadRequest, "'outputs' is true or false.");

    private void LimitBody(HttpContext http)
    {
        if (http.Request.ContentLength > options.BodyBytes)
        {
            throw new RefusedException(StatusCodes.Status413PayloadTooLarge, $"The body has more than the {options.BodyBytes} bytes that are allowed; send fewer rows or smaller images.");
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = options.BodyBytes;
        }
    }
}
