#include "textflag.h"

// The sums and comparisons below are those of kernel.go, eight lanes at a time. Multiplications
// and additions stay apart (no fused multiply-add), so that both give the same bits.

// func rowAVX2(dst *lanes, mean *means, draws, mu *float32, terms *term, n int)
TEXT ·rowAVX2(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ mean+8(FP), R8
	MOVQ draws+16(FP), SI
	MOVQ mu+24(FP), R9
	MOVQ terms+32(FP), BX
	MOVQ n+40(FP), CX
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
next:
	MOVQ (BX), AX
	VBROADCASTSS 8(BX), Y5
	MOVQ AX, DX
	SHLQ $7, AX
	SHLQ $4, DX
	VMULPS (SI)(AX*1), Y5, Y6
	VMULPS 32(SI)(AX*1), Y5, Y7
	VMULPS 64(SI)(AX*1), Y5, Y8
	VMULPS 96(SI)(AX*1), Y5, Y9
	VMULPS (R9)(DX*1), X5, X10
	VADDPS Y6, Y0, Y0
	VADDPS Y7, Y1, Y1
	VADDPS Y8, Y2, Y2
	VADDPS Y9, Y3, Y3
	VADDPS X10, X4, X4
	ADDQ $16, BX
	DECQ CX
	JNZ next
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS X4, (R8)
	VZEROUPPER
	RET

// func addAVX2(dst, a, b *lanes)
TEXT ·addAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), BX
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	VMOVUPS 64(SI), Y2
	VMOVUPS 96(SI), Y3
	VADDPS (BX), Y0, Y0
	VADDPS 32(BX), Y1, Y1
	VADDPS 64(BX), Y2, Y2
	VADDPS 96(BX), Y3, Y3
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VZEROUPPER
	RET

// addParts is the sum of eight lanes of cto, ts and pair.
#define addParts(at) \
	VMOVUPS at(R8)(AX*1), Y13 \
	VADDPS at(R9)(DX*1), Y13, Y13 \
	VADDPS at(R10)(SI*1), Y13, Y13

// keepBest clamps the sum to [0, 1] = [Y8, Y9], multiplies it by the gain in Y10 and adds Y11; where
// that is above best, it and the option in Y12 take the place. Comparing the bits as integers orders
// these numbers alike and leaves the units that add free.
#define keepBest(best, arg) \
	VPMAXSD Y8, Y13, Y13 \
	VPMINSD Y9, Y13, Y13 \
	VMULPS Y10, Y13, Y13 \
	VADDPS Y11, Y13, Y13 \
	VCMPPS $0x1e, best, Y13, Y14 \
	VBLENDVPS Y14, Y13, best, best \
	VBLENDVPS Y14, Y12, arg, arg

// func bestAVX2(entries *entry, n int, cto, ts, pairs *lanes, best *lanes, arg *[Lanes]int32)
TEXT ·bestAVX2(SB), NOSPLIT, $0-56
	MOVQ entries+0(FP), BX
	MOVQ n+8(FP), CX
	MOVQ cto+16(FP), R8
	MOVQ ts+24(FP), R9
	MOVQ pairs+32(FP), R10
	MOVQ best+40(FP), R12
	MOVQ arg+48(FP), R13
	VMOVUPS (R12), Y0
	VMOVUPS 32(R12), Y1
	VMOVUPS 64(R12), Y2
	VMOVUPS 96(R12), Y3
	VMOVUPS (R13), Y4
	VMOVUPS 32(R13), Y5
	VMOVUPS 64(R13), Y6
	VMOVUPS 96(R13), Y7
	VXORPS Y8, Y8, Y8
	MOVL $0x3f800000, AX
	MOVL AX, X9
	VBROADCASTSS X9, Y9
option:
	MOVWLZX (BX), AX
	MOVWLZX 2(BX), DX
	MOVL 4(BX), SI
	SHLQ $7, AX
	SHLQ $7, DX
	SHLQ $7, SI
	VBROADCASTSS 8(BX), Y12
	VBROADCASTSS 12(BX), Y10
	VBROADCASTSS 16(BX), Y11
	addParts(0)
	keepBest(Y0, Y4)
	addParts(32)
	keepBest(Y1, Y5)
	addParts(64)
	keepBest(Y2, Y6)
	addParts(96)
	keepBest(Y3, Y7)
	ADDQ $20, BX
	DECQ CX
	JNZ option
	VMOVUPS Y0, (R12)
	VMOVUPS Y1, 32(R12)
	VMOVUPS Y2, 64(R12)
	VMOVUPS Y3, 96(R12)
	VMOVUPS Y4, (R13)
	VMOVUPS Y5, 32(R13)
	VMOVUPS Y6, 64(R13)
	VMOVUPS Y7, 96(R13)
	VZEROUPPER
	RET

// func priceAVX2(entries *entry, n int, cto, ts, pairs *means, costs *float64, rates *[Heads]float64, values *float64)
TEXT ·priceAVX2(SB), NOSPLIT, $0-64
	MOVQ entries+0(FP), BX
	MOVQ n+8(FP), CX
	MOVQ cto+16(FP), R8
	MOVQ ts+24(FP), R9
	MOVQ pairs+32(FP), R10
	MOVQ costs+40(FP), R12
	MOVQ rates+48(FP), AX
	MOVQ values+56(FP), R13
	VMOVUPD (AX), Y8
	VXORPS X9, X9, X9
	VMOVUPS tops<>(SB), X10
option:
	MOVWLZX (BX), AX
	MOVWLZX 2(BX), DX
	MOVL 4(BX), SI
	SHLQ $4, AX
	SHLQ $4, DX
	SHLQ $4, SI
	VMOVUPS (R8)(AX*1), X0
	VADDPS (R9)(DX*1), X0, X0
	VADDPS (R10)(SI*1), X0, X0
	VMAXPS X9, X0, X0
	VMINPS X10, X0, X0
	VCVTPS2PD X0, Y0
	VMULPD Y8, Y0, Y0        // P(resolve), gain, complaint, churn
	VEXTRACTF128 $1, Y0, X1
	VPERMILPD $1, X1, X2
	VMOVSD (R12), X3
	VSUBSD X2, X3, X3
	VSUBSD X1, X3, X3        // fixed
	VPERMILPD $1, X0, X4     // gain
	VMULSD X0, X4, X5
	VADDSD X3, X5, X5        // value
	MOVL 8(BX), AX
	VMOVSD X5, (R13)(AX*8)
	VCVTSD2SS X4, X4, X4
	VCVTSD2SS X3, X3, X3
	VMOVSS X4, 12(BX)
	VMOVSS X3, 16(BX)
	ADDQ $20, BX
	ADDQ $8, R12
	DECQ CX
	JNZ option
	VZEROUPPER
	RET

// The bounds of resolve, amount, complaint and churn: 1, maxShare, 1, 1.
DATA tops<>+0(SB)/4, $1.0
DATA tops<>+4(SB)/4, $2.0
DATA tops<>+8(SB)/4, $1.0
DATA tops<>+12(SB)/4, $1.0
GLOBL tops<>(SB), RODATA|NOPTR, $16

// func cpuid(leaf, sub uint32) (a, b, c, d uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL sub+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func xgetbv() uint32
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, ret+0(FP)
	RET
