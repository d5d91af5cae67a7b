package org.daguerre.sampler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.daguerre.denoiser.Preconditioned;
import org.daguerre.denoiser.PredictionType;
import org.daguerre.sampler.DpmSolver.Algorithm;
import org.daguerre.sampler.DpmSolver.Derivative;
import org.daguerre.sampler.SchedulerOptions.Betas;
import org.daguerre.sampler.SchedulerOptions.DpmKind;
import org.daguerre.sampler.SchedulerOptions.ZeroSnr;
import org.daguerre.schedule.ConsistencySpacing;
import org.daguerre.schedule.EdmSchedule;
import org.daguerre.schedule.EdmSpacing;
import org.daguerre.schedule.FinalSigma;
import org.daguerre.schedule.FlowSpacing;
import org.daguerre.schedule.InverseSpacing;
import org.daguerre.schedule.IpndmSpacing;
import org.daguerre.schedule.Ladder;
import org.daguerre.schedule.LadderSpacing.Rounding;
import org.daguerre.schedule.LcmSpacing;
import org.daguerre.schedule.NoiseSchedule;
import org.daguerre.schedule.Spacing;
import org.daguerre.schedule.TimestepSpacing;

/** How each of diffusers' scheduler classes reads its config: one entry a class. */
final class SchedulerClasses {

    /** What a config says. */
    record Parts(NoiseSchedule schedule, PredictionType type, Sampler sampler) {}

    /** What SA-Solver expands. */
    private enum Expanded {
        DATA_PREDICTION,
        NOISE_PREDICTION
    }

    private static final DpmKind MULTISTEP =
            new DpmKind(true, true, true, false, Optional.empty(), false, FlowSpacing.Points.BELOW_ONE);
    private static final DpmKind SINGLESTEP =
            new DpmKind(true, false, true, true, Optional.empty(), false, FlowSpacing.Points.BELOW_ONE);
    private static final DpmKind DEIS = new DpmKind(
            true, false, false, true, Optional.of(FinalSigma.SIGMA_MIN), true, FlowSpacing.Points.BELOW_ONE);
    private static final DpmKind SA_SOLVER =
            new DpmKind(true, false, true, true, Optional.of(FinalSigma.SIGMA_MIN), true, FlowSpacing.Points.BELOW_ONE);
    private static final DpmKind UNIPC =
            new DpmKind(true, false, false, true, Optional.empty(), true, FlowSpacing.Points.BEFORE_LEAST);

    private static final Map<String, Function<SchedulerOptions, Parts>> READERS = new LinkedHashMap<>();

    static {
        overBetas(
                "DDPMScheduler",
                Betas.DDPM,
                ZeroSnr.EXACT,
                o -> new Ddpm(
                        o.constant("variance_type", Ddpm.Variance.FIXED_SMALL),
                        o.clipping(true),
                        o.constant("manner", Manner.DIFFUSERS),
                        o.ddimSpacing(true, false)));
        READERS.put("DDPMParallelScheduler", READERS.get("DDPMScheduler"));
        overBetas(
                "DDIMScheduler",
                Betas.DDPM,
                ZeroSnr.EXACT,
                o -> new Ddim(0, o.clipping(true), o.ddimSpacing(o.flag("set_alpha_to_one", true), true)));
        READERS.put("DDIMParallelScheduler", READERS.get("DDIMScheduler"));
        overBetas(
                "DDIMInverseScheduler",
                Betas.DDPM,
                ZeroSnr.EXACT,
                o -> new DdimInverse(
                        o.range(true),
                        new InverseSpacing(
                                TimestepSpacing.of(o.text("timestep_spacing", "leading")),
                                o.whole("steps_offset", 0),
                                o.flag("set_alpha_to_one", true))));
        overBetas(
                "PNDMScheduler",
                Betas.DDPM,
                ZeroSnr.NONE,
                o -> new Pndm(
                        o.flag("skip_prk_steps", false),
                        o.constant("manner", Manner.DIFFUSERS),
                        o.ddimSpacing(o.flag("set_alpha_to_one", false), true)));
        READERS.put("IPNDMScheduler", o -> {
            o.without("trained_betas", null);
            return new Parts(
                    NoiseSchedule.cosine(o.trainTimesteps(1000)),
                    PredictionType.V_PREDICTION,
                    new Ipndm(o.constant("manner", Manner.DIFFUSERS), new IpndmSpacing()));
        });
        overBetas("EulerDiscreteScheduler", Betas.DDPM, ZeroSnr.NEARLY, o -> {
            o.without("interpolation_type", "linear");
            o.without("timestep_type", "discrete");
            return new Euler(o.eulerSpacing(true, Rounding.NONE));
        });
        overBetas(
                "EulerAncestralDiscreteScheduler",
                Betas.DDPM,
                ZeroSnr.NEARLY,
                o -> new EulerAncestral(o.eulerSpacing(false, Rounding.NONE)));
        overBetas(
                "HeunDiscreteScheduler",
                Betas.STABLE_DIFFUSION_RANGE,
                ZeroSnr.NONE,
                o -> new Heun(o.range(false), o.eulerSpacing(false, Rounding.NONE)));
        overBetas(
                "KDPM2DiscreteScheduler",
                Betas.STABLE_DIFFUSION_RANGE,
                ZeroSnr.NONE,
                o -> new Kdpm2(o.eulerSpacing(false, Rounding.NEAREST)));
        overBetas(
                "KDPM2AncestralDiscreteScheduler",
                Betas.STABLE_DIFFUSION_RANGE,
                ZeroSnr.NONE,
                o -> new Kdpm2Ancestral(o.eulerSpacing(false, Rounding.NEAREST)));
        overBetas(
                "LMSDiscreteScheduler",
                Betas.DDPM,
                ZeroSnr.NONE,
                o -> new Lms(4, o.eulerSpacing(false, Rounding.NONE)));
        overBetas("DPMSolverMultistepScheduler", Betas.DDPM, ZeroSnr.NEARLY, o -> {
            o.without("variance_type", null);
            return multistep(o, o.dpmSpacing(MULTISTEP));
        });
        overBetas("DPMSolverSinglestepScheduler", Betas.DDPM, ZeroSnr.NONE, o -> {
            o.without("variance_type", null);
            return new DpmSolverSinglestep(
                    algorithm(o),
                    o.whole("solver_order", 2),
                    derivative(o),
                    o.flag("lower_order_final", false),
                    o.thresholding(),
                    o.constant("manner", Manner.DIFFUSERS),
                    o.dpmSpacing(SINGLESTEP));
        });
        overBetas("DPMSolverSDEScheduler", Betas.STABLE_DIFFUSION_RANGE, ZeroSnr.NONE, o -> {
            o.without("noise_sampler_seed", null);
            return new DpmSolverPlusPlusSde(o.eulerSpacing(false, Rounding.NONE));
        });
        overBetas("DEISMultistepScheduler", Betas.DDPM, ZeroSnr.NONE, o -> {
            o.without("algorithm_type", "deis");
            o.without("solver_type", "logrho");
            return new Deis(
                    o.whole("solver_order", 2),
                    o.flag("lower_order_final", true),
                    o.thresholding(),
                    o.dpmSpacing(DEIS));
        });
        overBetas("UniPCMultistepScheduler", Betas.DDPM, ZeroSnr.NEARLY, o -> {
            o.without("solver_p", null);
            return new UniPc(
                    o.whole("solver_order", 2),
                    List.of("midpoint", "heun", "logrho").contains(o.text("solver_type", "bh2"))
                            ? UniPc.B.BH2 // as diffusers does when a config comes from another class
                            : o.constant("solver_type", UniPc.B.BH2),
                    o.flag("predict_x0", true),
                    o.flag("lower_order_final", true),
                    o.wholes("disable_corrector"),
                    o.thresholding(),
                    o.dpmSpacing(UNIPC));
        });
        overBetas("SASolverScheduler", Betas.DDPM, ZeroSnr.NONE, o -> {
            o.without("tau_func", null);
            o.without("variance_type", null);
            return new SaSolver(
                    o.whole("predictor_order", 2),
                    o.whole("corrector_order", 2),
                    o.constant("algorithm_type", Expanded.DATA_PREDICTION) == Expanded.DATA_PREDICTION,
                    o.flag("lower_order_final", true),
                    1,
                    200,
                    800,
                    o.thresholding(),
                    o.dpmSpacing(SA_SOLVER));
        });
        overBetas("LCMScheduler", Betas.STABLE_DIFFUSION, ZeroSnr.EXACT, o -> {
            distilled(o);
            return new Lcm(o.number("timestep_scaling", 10), o.clipping(false), lcmSpacing(o, FinalSigma.ZERO));
        });
        overBetas("TCDScheduler", Betas.STABLE_DIFFUSION, ZeroSnr.EXACT, o -> {
            distilled(o);
            o.without("clip_sample", false);
            o.without("thresholding", false);
            o.idle("clip_sample_range", "dynamic_thresholding_ratio", "sample_max_value");
            o.without("timestep_scaling", "10.0");
            return new Tcd(0.3, lcmSpacing(o, FinalSigma.SIGMA_MIN));
        });
        overBetas("FlowMatchEulerDiscreteScheduler", Betas.DDPM, ZeroSnr.NONE, o -> {
            Spacing spacing = o.flowSpacing(FlowSpacing.Points.TO_SHIFTED_LEAST);
            return o.flag("stochastic_sampling", false)
                    ? new Lcm(Double.POSITIVE_INFINITY, Clipping.NONE, spacing)
                    : new Euler(spacing);
        });
        overBetas(
                "FlowMatchHeunDiscreteScheduler",
                Betas.DDPM,
                ZeroSnr.NONE,
                o -> new Heun(o.flowSpacing(FlowSpacing.Points.TO_SHIFTED_LEAST)));
        overBetas("FlowMatchLCMScheduler", Betas.DDPM, ZeroSnr.NONE, o -> {
            o.without("scale_factors", null);
            o.without("upscale_mode", "bicubic");
            return new Lcm(Double.POSITIVE_INFINITY, Clipping.NONE, o.flowSpacing(FlowSpacing.Points.TO_SHIFTED_LEAST));
        });
        READERS.put(
                "EDMEulerScheduler",
                o -> preconditioned(o, new Euler(edmSpacing(o, EdmSchedule.INSTANCE, 0.002, 80, "karras"))));
        READERS.put(
                "EDMDPMSolverMultistepScheduler",
                o -> preconditioned(o, multistep(o, edmSpacing(o, EdmSchedule.INSTANCE, 0.002, 80, "karras"))));
        READERS.put("CosineDPMSolverMultistepScheduler", o -> {
            o.without("num_train_timesteps", 1000);
            boolean v = o.text("prediction_type", "v_prediction").equals("v_prediction");
            return new Parts(
                    EdmSchedule.ANGLE,
                    new Preconditioned(o.number("sigma_data", 1), v, 0),
                    new DpmSolverMultistep(
                            Algorithm.SDE_DPMSOLVER_PP,
                            o.whole("solver_order", 2),
                            derivative(o),
                            o.flag("lower_order_final", true),
                            o.flag("euler_at_final", false),
                            Clipping.NONE,
                            Manner.DIFFUSERS,
                            edmSpacing(o, EdmSchedule.ANGLE, 0.3, 500, "exponential")));
        });
        overBetas("DPMSolverMultistepInverseScheduler", Betas.DDPM, ZeroSnr.NONE, o -> {
            o.without("variance_type", null);
            o.without("lambda_min_clipped", Double.NEGATIVE_INFINITY);
            return multistep(o, o.dpmInverseSpacing());
        });
        READERS.put("CMStochasticIterativeScheduler", o -> {
            double sigmaMin = o.number("sigma_min", 0.002);
            return new Parts(
                    EdmSchedule.INSTANCE,
                    new Preconditioned(o.number("sigma_data", 0.5), false, sigmaMin),
                    new Consistency(
                            o.number("s_noise", 1),
                            o.flag("clip_denoised", true) ? Clipping.to(1) : Clipping.NONE,
                            new ConsistencySpacing(
                                    o.trainTimesteps(40),
                                    sigmaMin,
                                    o.number("sigma_max", 80),
                                    Ladder.karras(o.number("rho", 7)))));
        });
        // Daguerre's own, by the names of their samplers: k-diffusion and the papers have them, diffusers does not.
        overBetas(
                "euler-churn",
                Betas.DDPM,
                ZeroSnr.NEARLY,
                o -> new EulerChurn(
                        o.number("s_churn", 40),
                        o.number("s_tmin", 0.05),
                        o.number("s_tmax", 50),
                        o.number("s_noise", 1.003),
                        o.constant("manner", Manner.PAPER),
                        o.eulerSpacing(true, Rounding.NONE)));
        overBetas(
                "restart",
                Betas.DDPM,
                ZeroSnr.NEARLY,
                o -> new Restart(
                        o.whole("restarts", 2),
                        o.number("restart_tmin", 0.3),
                        o.number("restart_tmax", 1),
                        o.eulerSpacing(true, Rounding.NONE)));
        overBetas(
                "dpmpp-2s-ancestral",
                Betas.DDPM,
                ZeroSnr.NEARLY,
                o -> new DpmSolverPlusPlus2SAncestral(o.eulerSpacing(true, Rounding.NONE)));
        overBetas(
                "dpmpp-sde",
                Betas.DDPM,
                ZeroSnr.NEARLY,
                o -> new DpmSolverPlusPlusSde(o.eulerSpacing(true, Rounding.NONE)));
        overBetas(
                "dpm-adaptive",
                Betas.DDPM,
                ZeroSnr.NEARLY,
                o -> new DpmAdaptive(
                        o.number("rtol", 0.05), o.number("atol", 0.0078), o.eulerSpacing(true, Rounding.NONE)));
        overBetas(
                "consistency",
                Betas.DDPM,
                ZeroSnr.EXACT,
                o -> new Consistency(o.number("s_noise", 1), o.clipping(false), lcmSpacing(o, FinalSigma.ZERO)));
        overBetas(
                "ipndm",
                Betas.DDPM,
                ZeroSnr.EXACT,
                o -> new Ipndm(Manner.PAPER, o.ddimSpacing(o.flag("set_alpha_to_one", true), false)));
    }

    private SchedulerClasses() {}

    static List<String> names() {
        return new ArrayList<>(READERS.keySet());
    }

    static Parts read(SchedulerOptions options) {
        return READERS.get(options.className()).apply(options);
    }

    /** The options by which a config asks for the sampler of a name: its class, and what tells it from others of that class. */
    static Map<String, Object> optionsOf(String sampler, boolean flow) {
        return switch (sampler) {
            case "ddpm" -> paper("DDPMScheduler");
            case "ddim" -> Map.of("_class_name", "DDIMScheduler");
            case "euler" ->
                Map.of(
                        "_class_name",
                        flow ? "FlowMatchEulerDiscreteScheduler" : "EulerDiscreteScheduler",
                        "stochastic_sampling",
                        false);
            case "euler-ancestral" -> Map.of("_class_name", "EulerAncestralDiscreteScheduler");
            case "heun" -> paper(flow ? "FlowMatchHeunDiscreteScheduler" : "HeunDiscreteScheduler");
            case "kdpm2" -> paper("KDPM2DiscreteScheduler");
            case "kdpm2-ancestral" -> paper("KDPM2AncestralDiscreteScheduler");
            case "lms" -> paper("LMSDiscreteScheduler");
            case "pndm" -> paper("PNDMScheduler");
            case "deis" -> paper("DEISMultistepScheduler", "solver_order", 2);
            case "dpm-2m" -> dpm("Multistep", Algorithm.DPMSOLVER, 2);
            case "dpmpp-2m" -> dpm("Multistep", Algorithm.DPMSOLVER_PP, 2);
            case "dpmpp-3m" -> dpm("Multistep", Algorithm.DPMSOLVER_PP, 3);
            case "dpmpp-2m-sde" -> dpm("Multistep", Algorithm.SDE_DPMSOLVER_PP, 2);
            case "dpmpp-3m-sde" -> dpm("Multistep", Algorithm.SDE_DPMSOLVER_PP, 3);
            case "dpm-3s" -> dpm("Singlestep", Algorithm.DPMSOLVER, 3);
            case "dpmpp-2s" -> dpm("Singlestep", Algorithm.DPMSOLVER_PP, 2);
            case "unipc" -> Map.of("_class_name", "UniPCMultistepScheduler", "solver_order", 2);
            case "sa-solver" -> paper("SASolverScheduler", "algorithm_type", "data_prediction");
            case "lcm" -> Map.of("_class_name", flow ? "FlowMatchLCMScheduler" : "LCMScheduler");
            case "tcd" -> Map.of("_class_name", "TCDScheduler");
            default -> Map.of("_class_name", sampler);
        };
    }

    private static Map<String, Object> paper(String className) {
        return Map.of("_class_name", className, "manner", "paper");
    }

    private static Map<String, Object> paper(String className, String key, Object value) {
        return Map.of("_class_name", className, "manner", "paper", key, value);
    }

    private static Map<String, Object> dpm(String form, Algorithm algorithm, int order) {
        return Map.of(
                "_class_name",
                "DPMSolver" + form + "Scheduler",
                "algorithm_type",
                algorithm.toString(),
                "solver_order",
                order,
                "solver_type",
                "midpoint",
                "manner",
                "paper");
    }

    private static void overBetas(
            String name, Betas betas, ZeroSnr zeroSnr, Function<SchedulerOptions, Sampler> sampler) {
        READERS.put(name, o -> new Parts(o.schedule(betas, zeroSnr), o.predictionType(), sampler.apply(o)));
    }

    private static Sampler multistep(SchedulerOptions o, Spacing spacing) {
        return new DpmSolverMultistep(
                algorithm(o),
                o.whole("solver_order", 2),
                derivative(o),
                o.flag("lower_order_final", true),
                o.flag("euler_at_final", false),
                o.thresholding(),
                o.constant("manner", Manner.DIFFUSERS),
                spacing);
    }

    /** deis is read as DPM-Solver++, as diffusers does when a config comes from another class. */
    private static Algorithm algorithm(SchedulerOptions o) {
        return o.text("algorithm_type", "dpmsolver++").equals("deis")
                ? Algorithm.DPMSOLVER_PP
                : o.constant("algorithm_type", Algorithm.DPMSOLVER_PP);
    }

    private static Derivative derivative(SchedulerOptions o) {
        return List.of("logrho", "bh1", "bh2").contains(o.text("solver_type", "midpoint"))
                ? Derivative.MIDPOINT
                : o.constant("solver_type", Derivative.MIDPOINT);
    }

    private static void distilled(SchedulerOptions o) {
        o.without("set_alpha_to_one", true);
        o.without("steps_offset", 0);
        o.without("timestep_spacing", "leading");
    }

    private static Spacing lcmSpacing(SchedulerOptions o, FinalSigma end) {
        return o.isFlow()
                ? o.flowSpacing(FlowSpacing.Points.TO_SHIFTED_LEAST)
                : new LcmSpacing(o.whole("original_inference_steps", 50), end);
    }

    private static Spacing edmSpacing(SchedulerOptions o, EdmSchedule asked, double min, double max, String kind) {
        o.idle("rho");
        boolean exponential = o.text("sigma_schedule", kind).equals("exponential");
        return new EdmSpacing(
                asked,
                o.number("sigma_min", min),
                o.number("sigma_max", max),
                exponential ? Ladder.exponential() : Ladder.karras(o.number("rho", 7)),
                o.finalSigma());
    }

    private static Parts preconditioned(SchedulerOptions o, Sampler sampler) {
        o.without("num_train_timesteps", 1000);
        boolean v = o.text("prediction_type", "epsilon").equals("v_prediction");
        return new Parts(EdmSchedule.INSTANCE, new Preconditioned(o.number("sigma_data", 0.5), v, 0), sampler);
    }
}
