using Dime.Server.Images;
using Dime.Server.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Dime.Server.Endpoints;

/// <summary>Reads the rows of a request: an image, images in the parts of a multipart body, or embeddings as JSON.</summary>
internal sealed class RequestRows(DimeMonitoringOptions options, ImageRules images)
{
    private const int LongestBoundary = 70;

    /// <param name="request">The request.</param>
    /// <param name="embeddingDimension">The length of an embedding of the model that is to score the rows; null where it takes images.</param>
    /// <param name="cancelled">Ends the reading.</param>
    /// <exception cref="RefusedException">The request has no such rows.</exception>
    public async Task<IReadOnlyList<RowInput>> ReadAsync(HttpRequest request, int? embeddingDimension, CancellationToken cancelled)
    {
        MediaTypeHeaderValue? type = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? parsed) ? parsed : null;
        bool isJson = type?.MediaType.Value is { } media && (media.Equals("application/json", StringComparison.OrdinalIgnoreCase) || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
        if (embeddingDimension is { } dimension)
        {
            return isJson
                ? await ReadEmbeddingsAsync(request, dimension, cancelled).ConfigureAwait(false)
                : throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, "The model takes embeddings; send them as application/json.");
        }

        return isJson
            ? throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, "The model takes images; send one as the body, or several as multipart/form-data.")
            : type?.MediaType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) is true
            ? await ReadPartsAsync(request, HeaderUtilities.RemoveQuotes(type.Boundary).ToString(), cancelled).ConfigureAwait(false)
            : [await ReadImageAsync(request.Body, request.ContentLength, request.Query["id"], "The image", cancelled).ConfigureAwait(false)];
    }

    private async Task<IReadOnlyList<RowInput>> ReadEmbeddingsAsync(HttpRequest request, int dimension, CancellationToken cancelled)
    {
        using BodyBytes body = await BodyBytes.ReadAsync(request.Body, request.ContentLength, cancelled).ConfigureAwait(false);
        return new EmbeddingJson(dimension, options.RowsPerRequest).Read(body.Span);
    }

    private async Task<IReadOnlyList<RowInput>> ReadPartsAsync(HttpRequest request, string boundary, CancellationToken cancelled)
    {
        if (boundary.Length is 0 or > LongestBoundary)
        {
            throw Broken();
        }

        List<RowInput> rows = [];
        try
        {
            var reader = new MultipartReader(boundary, request.Body);
            while (await reader.ReadNextSectionAsync(cancelled).ConfigureAwait(false) is { } part)
            {
                if (rows.Count == options.RowsPerRequest)
                {
                    throw new RefusedException(StatusCodes.Status413PayloadTooLarge, $"The request has more than the {options.RowsPerRequest} images that are allowed; send several.");
                }

                rows.Add(await ReadImageAsync(part.Body, length: null, NameOf(part), $"Image {rows.Count + 1}", cancelled).ConfigureAwait(false));
            }

            return rows.Count > 0 ? rows : throw new RefusedException(StatusCodes.Status400BadRequest, "The body has no part; send each image as a part of its own.");
        }
        catch (Exception e)
        {
            foreach (RowInput row in rows)
            {
                row.Dispose();
            }

            // The reader of parts ends so at limits of its own and at bodies that are cut off.
            if (e is (IOException or InvalidDataException) and not BadHttpRequestException)
            {
                throw Broken();
            }

            throw;
        }
    }

    /// <summary>The name of the file in a part; null where there is none.</summary>
    private static string? NameOf(MultipartSection part)
    {
        if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out ContentDispositionHeaderValue? disposition))
        {
            return null;
        }

        try
        {
            return HeaderUtilities.RemoveQuotes(disposition.FileNameStar is { Length: > 0 } star ? star : disposition.FileName).Value;
        }
        catch (Exception e) when (e is ArgumentNullException or NotSupportedException)
        {
            // The framework's answers to a parameter without a value, and to one in UTF-7, which .NET reads no more.
            throw Broken();
        }
    }

    private async Task<RowInput> ReadImageAsync(Stream body, long? length, string? id, string subject, CancellationToken cancelled)
    {
        using BodyBytes file = await BodyBytes.ReadAsync(body, length, cancelled).ConfigureAwait(false);
        LentPixels? image = images.Decode(file.Span, out ImageFault? fault);
        return image is not null
            ? new RowInput(RowId.Of(id)) { Image = image }
            : throw new RefusedException(StatusOf(fault!.Kind), $"{subject} {fault.Text}.") { RetryAfter = fault.Kind == ImageFaultKind.NoMemory ? 1 : null };
    }

    private static int StatusOf(ImageFaultKind kind) => kind switch
    {
        ImageFaultKind.OtherFormat => StatusCodes.Status415UnsupportedMediaType,
        ImageFaultKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ImageFaultKind.NoMemory => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status400BadRequest,
    };

    private static RefusedException Broken() =>
        new(StatusCodes.Status400BadRequest, "The multipart body is cut off, or its boundary or headers are not as they should be.");
}
