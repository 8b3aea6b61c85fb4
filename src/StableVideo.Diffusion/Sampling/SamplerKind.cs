namespace StableVideo.Diffusion;

/// <summary>Solvers of the denoising loop.</summary>
public enum SamplerKind
{
    /// <summary>Denoising diffusion implicit models with eta 0 (Song et al. 2021): the paper's choice.</summary>
    Ddim,

    /// <summary>DPM-Solver++ second order multistep (Lu et al. 2022): good pictures from 8 to 20 steps.</summary>
    DpmSolver,

    /// <summary>Euler steps on the probability flow in noise levels (Karras et al. 2022).</summary>
    Euler,

    /// <summary>UniPC of second order (Zhao et al. 2023): a predictor and a corrector at one network call a step.</summary>
    UniPc,
}
